"""Recordings of other tools as boot traces: the first bytes say which kind it is.

The readers are imported when a file of their kind is given, and nothing else is.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: How much of a file is looked at to tell its kind.
SNIFFED = 1 << 16


def xlcfg_read_trace(path: str, domain: int | None) -> Iterable[str] | None:
    """A recording by xentrace, ftrace or a Xen console, as the lines of a boot trace."""
    from xlcfg.source.opening import NotPlainError, open_plain

    try:
        with open_plain(path) as file:
            head = file.read(SNIFFED)
    except NotPlainError:
        return None  # a pipe can be read once, and the trace reader wants it from the start
    if head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        from xlcfg_traces.recording import unpacked_head

        head = unpacked_head(path, head)
    if head.startswith(b"\x03\xf0\x01\x20"):
        from xlcfg_traces.xentrace import Xentrace

        return Xentrace(path, domain)
    if head.lstrip()[:1] == b"{" or b"\0" in head:
        return None
    if b": sched_switch:" in head or b": kvm_xen_hypercall:" in head or b": xen_" in head:
        from xlcfg_traces.ftrace import Ftrace

        return Ftrace(path, domain)
    if b"(XEN)" in head:
        from xlcfg_traces.console import Console

        return Console(path, domain)
    return None
