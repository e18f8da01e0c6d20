"""The tables of the catalogue that few runs need, each loaded when it is first asked for."""

from __future__ import annotations

from xlcfg.catalogue._compiled import RELEASES
from xlcfg.catalogue.options import GuestOption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.catalogue.options import BootParameter

_MANUALS = "https://xenbits.xen.org/docs/unstable"


def detail(name: str) -> Mapping[str, Any]:
    """All that is known of a guest key; KeyError when there is none of that name."""
    from xlcfg.catalogue._compiled.guest_details import DATA

    found: Mapping[str, Any] = DATA[name]
    return found


def boot_detail(name: str) -> Mapping[str, Any]:
    """All that is known of a boot parameter; KeyError when there is none of that name."""
    from xlcfg.catalogue._compiled.boot_details import DATA

    found: Mapping[str, Any] = DATA[name]
    return found


def manual_url(option: GuestOption | BootParameter) -> str:
    """Where Xen's newest manual describes the option; "" when it does not."""
    documented = option.detail.get("documented")
    if not documented or documented[-1][1] != RELEASES[-1]:
        return ""
    if isinstance(option, GuestOption):
        return f"{_MANUALS}/man/xl.cfg.5.html"
    return f"{_MANUALS}/misc/xen-command-line.html#{option.detail['anchor']}"


def grammar(name: str) -> Mapping[str, Any]:
    """The grammar of a key's strings (`detail(key)["grammar"]`), as in `data/grammars.json`."""
    from xlcfg.catalogue._compiled.grammars import DATA

    grammars: Mapping[str, Any] = DATA["grammars"]
    found: Mapping[str, Any] = grammars[name]
    return found


def enum(name: str) -> Mapping[str, Any]:
    """The values of an enumeration (`detail(key)["enum"]`): `match` and `values` with runs."""
    from xlcfg.catalogue._compiled.grammars import DATA

    enums: Mapping[str, Any] = DATA["enums"]
    found: Mapping[str, Any] = enums[name]
    return found


def xl_conf_options() -> Mapping[str, Mapping[str, Any]]:
    """The keys of /etc/xen/xl.conf by name, as in `data/xl_conf.json`."""
    from xlcfg.catalogue._compiled.xl_conf import DATA

    options: Mapping[str, Mapping[str, Any]] = DATA["options"]
    return options


def dom0less_properties(node: str | None = None) -> tuple[Mapping[str, Any], ...]:
    """The device tree properties of dom0less guests, as in `data/dom0less.json`; of one node kind.

    The node kinds are those of the schema: "xen,domain", "module", "/chosen" and so on.
    """
    from xlcfg.catalogue._compiled.dom0less import DATA

    return tuple(p for p in DATA["properties"] if node is None or p["node"] == node)
