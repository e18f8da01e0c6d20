"""Reads the domains that run, as `xl list -l` prints them: `schema/running.schema.json`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class RunningError(ValueError):
    """The file is not what `xl list -l` prints; the message names it and says what is wrong."""


class Domain:
    """A domain that runs: its number (-1 for none), and its config in libxl's JSON."""

    __slots__ = ("config", "domid")

    def __init__(self, domid: int, config: dict[str, Any]) -> None:
        self.domid = domid
        self.config = config

    @property
    def name(self) -> str:
        return str(self.config["c_info"].get("name") or "")

    @property
    def uuid(self) -> str:
        return str(self.config["c_info"].get("uuid") or "").lower()


def read_running(path: str) -> list[Domain]:
    """The domains of a file, without dom0; RunningError when it is of another form."""
    from xlcfg.core.source import Source
    from xlcfg.model.validated import InvalidError, validated
    from xlcfg.source.files import read_file

    source = read_file(path)
    if not isinstance(source, Source):
        raise RunningError(f"{source.path}: {source.message}")
    if source.data.lstrip()[:1] == b"(":
        raise RunningError(f"{source.path}: this is the old form: `xl list -l` prints JSON")
    try:
        found = validated(source, "running")
    except InvalidError as error:
        raise RunningError(str(error)) from None
    domains = []
    for one in found if isinstance(found, list) else [found]:
        domid = one.get("domid")
        domain = Domain(-1 if domid is None else int(domid), one.get("config", one))
        if domain.domid != 0:
            domains.append(domain)
    return domains
