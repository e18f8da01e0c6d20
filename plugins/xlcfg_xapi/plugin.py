"""xapi's answers to the hooks."""

from __future__ import annotations

from xlcfg.model.guest import Guest
from xlcfg.syntax.tree import Document, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.core.conversion import Conversion
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

NAME = "xapi"

_LOOK = 64 * 1024
#: Members that the JSON of a VM has; the last two are Xen Orchestra's.
_MEMBERS = (b'"VCPUs_max"', b'"VCPUs-max"', b'"virtualizationMode"', b'"CPUs"')


def xlcfg_read_config(source: Source, target: Target) -> list[Guest] | None:
    """Every VM of a text of `xe` or of JSON; None for what is neither."""
    start = source.data[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
    json = start[:1] in (b"{", b"[") and any(word in start for word in _MEMBERS)
    export = start[:1] == b"<" and b"<name>VCPUs_max</name>" in start
    if not json and not export and not start.startswith(b"uuid ( RO)"):
        return None
    from xlcfg_xapi.records import SIZE, NotRead, from_export, from_json, from_text
    from xlcfg_xapi.vm import guest, is_guest

    try:
        if len(source.data) > SIZE:
            raise NotRead(f"it is larger than {SIZE // 2**20} MiB, which no pool's records are", 0)
        text = source.text
        if text.startswith("\xef\xbb\xbf"):
            text = "   " + text[3:]
        read = from_json if json else from_export if export else from_text
        records = [one for one in read(text) if is_guest(one)]
        if not records:
            raise NotRead("it holds no VM that is a guest", 0)
    except NotRead as error:
        document = Document()
        at = min(error.offset, len(source.data))
        document.problems = [Problem("IO007", error.message, "", at, min(at + 1, len(source.data)))]
        return [Guest(source, document, target, toolstack=NAME)]
    return [guest(record, source, target) for record in records]


def xlcfg_rules() -> list[ModuleType]:
    """The rules on VM records."""
    from xlcfg_xapi.rules import (
        xa101_memory_order,
        xa102_record_policies_differ,
        xa103_vcpus_refused,
    )

    return [xa101_memory_order, xa102_record_policies_differ, xa103_vcpus_refused]


def xlcfg_targets() -> list[str]:
    """VM records as JSON."""
    return [NAME]


def xlcfg_convert(guest: Guest, to: str, target: Target) -> Conversion | None:  # noqa: ARG001
    """The VM's record as JSON."""
    if to != NAME:
        return None
    from xlcfg_xapi.write import write

    return write(guest)
