"""What a script of U-Boot looks like: text, and the image that mkimage puts around it."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source

#: How the image around a script begins, and its parts.
MAGIC = b"\x27\x05\x19\x56"
_HEADER, _TYPE, _SCRIPT = 64, 30, 6
#: No script is longer; U-Boot itself copies it into its heap.
LONGEST = 1 << 20

_FDT = re.compile(
    r"fdt[ \t]+(?:addr|apply|boardsetup|chosen|memory|mk\w*|move|resize|rm|rsvmem|set)\b"
)
_BOOTS = re.compile(r"(?:boot[imz]|bootefi|bootxen|bootflow|go)(?:[ \t]|$)")
_OTHERS = re.compile(
    r"(?:setenv|saveenv|env[ \t]+(?:set|default|import)|load|(?:fat|ext[24]|fs)load|tftp\w*|dhcp"
    r"|run|imxtract|mmc[ \t]+dev|usb[ \t]+start|sf[ \t]+probe|nvme[ \t]+scan)(?:[ \t]|$)"
)
_BEFORE = re.compile(r"^(?:(?:if|then|else|elif|do|while|until)[ \t]+)+")
_SEPARATOR = re.compile(r";|&&|\|\|")
#: What a line of a script begins with.
_COMMAND = re.compile(r"[a-z_][\w.]*(?:[ \t=;]|$)|[A-Za-z_]\w*=|[$\[]")


def is_script(data: bytes, text: str) -> bool:
    """Whether the beginning of a file, as bytes and as text, is that of a script for U-Boot."""
    if data[:4] == MAGIC:
        return data[_TYPE : _TYPE + 1] == bytes((_SCRIPT,))
    if "\0" in text or text.startswith("#!"):
        return False
    boots = others = False
    first = True
    for line in text.split("\n"):
        line = line.strip()
        if not line or line[0] == "#":
            continue
        if first and not _COMMAND.match(line):
            return False  # prose, with commands quoted further down
        first = False
        for piece in _SEPARATOR.split(line):
            command = _BEFORE.sub("", piece.strip())
            if _FDT.match(command):
                return True
            boots = boots or _BOOTS.match(command) is not None
            others = others or _OTHERS.match(command) is not None
        if boots and others:
            return True
    return False


def body(source: Source) -> tuple[int, int]:
    """Where the script begins and ends in its file, with the image around it left out."""
    data = source.data
    if data[:4] != MAGIC or data[_TYPE : _TYPE + 1] != bytes((_SCRIPT,)):
        return 0, len(data)
    # A list of lengths that ends in 0 comes before the texts; U-Boot runs the first.
    at, first = _HEADER, int.from_bytes(data[_HEADER : _HEADER + 4], "big")
    while at + 4 <= len(data) and data[at : at + 4] != b"\0\0\0\0":
        at += 4
    start = min(at + 4, len(data))
    return start, min(start + first, len(data))
