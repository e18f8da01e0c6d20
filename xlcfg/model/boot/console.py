"""Where Xen's own messages go: what it makes of the pieces of `console=`."""

from __future__ import annotations

from xlcfg.catalogue import release_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

_V4_10 = release_index("4.10")
_V4_17 = release_index("4.17")

# What becomes of a piece.
TAKEN = "taken"
QUIET = "quiet"  # accepted, and there is nothing behind it
BAD = "bad"  # Xen prints: Bad console= option


def devices(index: int, arch: str) -> list[str]:
    """The names that lead somewhere, in the order to show them."""
    if arch != "x86":
        return ["dtuart", "none"]
    names = ["com1", "com2", "vga", "none", "dbgp"]
    if index >= _V4_10:
        names += ["pv", "xen"]
    return [*names, "ehci", "xhci"] if index >= _V4_17 else names


def outcome(piece: str, index: int, arch: str, debug_ports: Collection[str]) -> str:
    """What becomes of a piece of `console=`: `TAKEN`, `QUIET` or `BAD`.

    `debug_ports` are the kinds that `dbgp=` sets up: without them their names are bad ones.
    """
    x86 = arch == "x86"
    if piece.startswith("vga") or (piece.startswith("pv") and index >= _V4_10):
        return TAKEN if x86 else QUIET
    if piece.startswith("none") or (x86 and piece.startswith("xen") and index >= _V4_10):
        return TAKEN
    if piece in ("dbgp", "ehci") and (piece == "dbgp" or index >= _V4_17):
        return TAKEN if "ehci" in debug_ports else BAD
    if piece == "xhci" and index >= _V4_17:
        return TAKEN if "xhci" in debug_ports else BAD
    # the first serial port and the one of the device tree share a place
    known = ("com1", "com2", "dtuart") if x86 else ("com1", "dtuart")
    return TAKEN if piece.startswith(known) else BAD
