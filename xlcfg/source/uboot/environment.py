"""Environments of U-Boot as text, such as uEnv.txt: a variable on each line, nothing quoted.

What their scripts tell `fdt` is run as any script is. Where nothing of it makes a line of Xen, a
variable with a name such as `xen_cmdline` is taken for one: a boot script of the board puts it in.
"""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source
    from xlcfg.source.found import FoundLine

#: Variables that are run, in this order.
RUN = ("preboot", "uenvcmd", "bootcmd")
#: Names that U-Boot's environments have and nothing else.
_OWN = frozenset((
    *RUN, "bootargs", "bootdelay", "fdt_addr", "fdt_addr_r", "fdt_high", "fdtaddr", "fdtfile",
    "fdtcontroladdr", "initrd_high", "kernel_addr_r", "ramdisk_addr_r", "scriptaddr", "loadaddr",
    "xen_addr_r", "baudrate", "stdin", "stdout", "stderr", "ethaddr", "ipaddr", "serverip",
))  # fmt: skip
_ASSIGNMENT = re.compile(r"([A-Za-z_][\w.-]*)=")
_XEN_LINE = re.compile(
    r"(?:.*_)?xen_?(?:boot)?_?(?:args|cmd_?line)|(?:boot)?args_?xen|cmdline_?xen"
)
_EDITS = re.compile(r"\bfdt[ \t]+(?:set|mk)")
_MOST = 5000


def is_environment(text: str, *, ours: bool = False) -> bool:
    """Whether a beginning is that of an environment that has to do with Xen's line or guests.

    `ours` says that it is one of U-Boot's files; else it has a name that no other program's has.
    """
    if "\0" in text or "=" not in text:
        return False
    names: list[str] = []
    for line in text.split("\n"):
        if not line.strip() or line[0] == "#":
            continue
        match = _ASSIGNMENT.match(line)
        if match is None:
            # The end may be cut off.
            if names and text.endswith(line):
                break
            return False
        names.append(match[1])
    if not ours and not _OWN.intersection(names):
        return False
    told = any(_XEN_LINE.fullmatch(name.lower()) for name in names)
    return told or _EDITS.search(text) is not None


def variables(text: str, start: int = 0) -> dict[str, Text]:
    """The variables of an environment, of one name the last. A backslash protects what follows."""
    found: dict[str, Text] = {}
    at = 0
    while at < len(text) and len(found) < _MOST:
        match = _ASSIGNMENT.match(text, at)
        value = Text()
        place = end = match.end() if match else at
        while end < len(text) and text[end] != "\n":
            if text[end] == "\\" and end + 1 < len(text):
                value.add(text[place:end], start + place)
                place = end + 1
                end += 1
            end += 1
        value.add(text[place:end], start + place)
        if value.chars and value.chars[-1] == "\r":
            del value.chars[-1], value.places[-1]
        if match is not None:
            found[match[1]] = value
        at = end + 1
    return found


def xen_lines(source: Source) -> list[FoundLine]:
    """Variables that are lines of Xen by their names, with what only a script puts in left out."""
    found = []
    for name, value in variables(source.text).items():
        if not _XEN_LINE.fullmatch(name.lower()):
            continue
        line = Text()
        text, at = str(value), 0
        for used in re.finditer(r"\$\{[^}]*\}|\$\w+", text):
            line.extend(value, at, used.start())
            line.add(HOLE, value.places[used.start()])
            line.add(HOLE, value.places[used.end() - 1])
            at = used.end()
        line.extend(value, at)
        found.append(line.line("uboot", name, "device-tree"))
    return found
