"""What the page of a rule says of it in a table: severity, fix, who refuses, releases, ignoring."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from xlcfg import catalogue
from xlcfg.docs.examples import releases
from xlcfg.rules import counts_always
from xlcfg.rules._index import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable

#: family -> who notices the mistake in Xen, and when
LAYERS = {
    "syntax": "xl, while it reads the file",
    "keys": "xl, which looks for the keys it knows",
    "cross_file": "the host, when the guests run at the same time",
    "xl": "xl and libxl, before the domain exists",
    "domain": "libxl, the device model or Xen, once the domain exists",
    "runstate": "a Xen with the proposed options",
    "boot": "Xen, while it reads its command line",
    "boot_files": "the boot loader, or the script that makes its file",
    "xl_conf": "xl, while it reads /etc/xen/xl.conf",
    "cpupool": "xl cpupool-create",
    "answers": "the host, by its own word",
    "replay": "the emulator of the runstate area",
    "xlcfg_libvirt": "libvirt's driver for Xen, and libxl",
    "xlcfg_dom0less": "Xen, while it builds the domains of its device tree",
    "uboot": "U-Boot, while it runs the script",
    "xlcfg_imagebuilder": "ImageBuilder, or bash, which reads its config",
    "xlcfg_xapi": "xapi",
}
#: families whose examples are configs or boot lines
_TRIED = ("syntax", "keys", "xl", "domain", "runstate", "boot", "xl_conf", "cpupool")
#: families whose findings are in files that have comments, and what these begin with
_COMMENTS = dict.fromkeys(
    (
        "syntax", "keys", "cross_file", "xl", "domain", "runstate", "xl_conf", "cpupool", "boot",
        "boot_files", "uboot", "xlcfg_imagebuilder",
    ),
    "#",
) | {"xlcfg_dom0less": "//"}  # fmt: skip


class Facts(NamedTuple):
    """Of one rule, in words: `releases` is "" where its example is no config or boot line."""

    severity: str
    fix: str
    layer: str
    releases: str
    ignoring: str


def family(code: str) -> str:
    """The folder of a code's rule, or the package of its toolstack; "plugins" for strangers'."""
    return next((name for name, codes in FAMILIES.items() if code in codes), "plugins")


def facts(code: str, rule: Any) -> Facts:
    """What is to be said of a rule; `rule` is its module."""
    of = family(code)
    fixes = {"safe": "safe: `--fix`", "unsafe": "unsafe: `--unsafe-fixes`"}
    offered = [fixes[kind] for kind in _words(getattr(rule, "FIX", ""))]
    return Facts(
        " or ".join(_words(getattr(rule, "SEVERITY", ""))),
        ", or ".join(offered) or "none",
        LAYERS.get(of, "xlcfg"),
        _span(_releases(code, rule.__doc__ or "", of == "boot")) if of in _TRIED else "",
        _ignoring(code, of),
    )


def _words(value: str | Iterable[str]) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [word for word in value if word]


@cache
def _releases(code: str, page: str, boot: bool) -> tuple[str, ...]:
    return tuple(releases(code, page, boot=boot))


def _span(found: tuple[str, ...]) -> str:
    """Releases in words; they are found one after the other, without gaps or with them."""
    known = tuple(catalogue.releases())
    if not found or len(found) == len(known):
        return "all" if found else ""
    if found[-1] == known[-1] and known[-len(found) :] == found:
        return f"since {found[0]}"
    if known[: len(found)] == found:
        return f"up to {found[-1]}"
    return f"{found[0]} to {found[-1]}"


def _ignoring(code: str, of: str) -> str:
    if counts_always(code):
        return "cannot be: a run that has not looked must not look clean"
    ways = f'`--ignore {code}`, or `ignore = ["{code}"]` in the settings'
    if of not in _COMMENTS:
        return ways
    return f"`{_COMMENTS[of]} xlcfg: ignore[{code}]` on its line, {ways}"
