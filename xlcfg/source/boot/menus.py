"""Menus and settings of Limine, FreeBSD's loader and heads, and scripts that set Xen's line."""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, LONGEST, FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.source import Source


def _is_xen(path: str) -> bool:
    return "xen" in path.rsplit("/", 1)[-1].lower()


# ---- Limine ----------------------------------------------------------------------------------

#: `/Entry` and `key: value`, or before Limine 8 `:Entry` and `KEY=value`.
_ENTRY = re.compile(r"[ \t]*(/+|:+)[ \t]*\+?(.*)")
_OPTION = re.compile(r"[ \t]*([A-Za-z_]+)[ \t]*[:=][ \t]*(.*)")
_MACRO = re.compile(r"[ \t]*\$\{([^}\n]+)\}[ \t]*=[ \t]*(.*)")
_USED = re.compile(r"\$\{([^}\n]*)\}")


class _Entry:
    """One entry of the menu, as far as it has been read."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.protocol = ""
        self.path = ""
        self.line: Text | None = None


class _Macros:
    """The macros of a file; `budget` is how many characters may still come from them."""

    def __init__(self) -> None:
        self.values: dict[str, Text] = {}
        self.budget = 16 * LONGEST

    def define(self, name: str, text: str, start: int) -> None:
        value = self.values[name] = Text()
        value.add(text, start)

    def expanded(self, text: str, start: int) -> Text:
        """A value with its macros; one that the file does not define is a hole."""
        line = Text()
        at = 0
        for used in _USED.finditer(text):
            line.add(text[at : used.start()], start + at)
            value = self.values.get(used[1])
            if value is not None and len(value.chars) <= self.budget:
                self.budget -= len(value.chars)
                line.extend(value)
            else:
                line.add(HOLE, start + used.start())
                line.add(HOLE, start + used.end() - 1)
            at = used.end()
        line.add(text[at:], start + at)
        return line


def limine(source: Source) -> list[FoundLine]:
    """`cmdline` of each entry of limine.conf (limine.cfg) whose kernel is Xen."""
    found: list[FoundLine] = []
    macros = _Macros()
    entry = _Entry("")
    at = 0
    for raw in source.text.split("\n"):
        line = raw.rstrip("\r")
        macro, start = _MACRO.match(line), at
        at += len(raw) + 1
        if macro is not None:
            macros.define(macro[1], macro[2], start + macro.start(2))
            continue
        named = _ENTRY.match(line)
        if named is not None:
            _end(entry, found)
            entry = _Entry(named[2].strip())
            continue
        option = _OPTION.match(line)
        if option is None:
            continue
        name = option[1].lower()
        if name == "protocol":
            entry.protocol = option[2].strip().lower()
        elif name in ("path", "kernel_path", "image_path"):
            entry.path = option[2]
        elif name in ("cmdline", "kernel_cmdline"):
            entry.line = macros.expanded(option[2], start + option.start(2))
    _end(entry, found)
    return found


def _end(entry: _Entry, found: list[FoundLine]) -> None:
    """Keep the line of an entry that starts Xen; xen.efi reads it behind ` -- `."""
    if entry.line is None or not _is_xen(entry.path.split("#", 1)[0]):
        return
    line = entry.line
    if entry.protocol.startswith("efi"):
        dashes = re.search(r"(?:^|(?<=[ \t]))--[ \t]+", str(line))
        if dashes is None:
            return
        line.chars, line.places = line.chars[dashes.end() :], line.places[dashes.end() :]
    found.append(line.line("limine", entry.label, "x86"))


# ---- FreeBSD ---------------------------------------------------------------------------------

_SET = re.compile(r"^[ \t]*xen_cmdline[ \t]*=[ \t]*(?:\"([^\"\n]*)\"?|([^\s#]*))", re.MULTILINE)


def loader_conf(source: Source) -> list[FoundLine]:
    """`xen_cmdline` of FreeBSD's loader.conf; of several the last one counts."""
    last = None
    for match in _SET.finditer(source.text):
        last = match
    if last is None:
        return []
    group = 1 if last[1] is not None else 2
    line = Text()
    line.add(last[group].rstrip("\r"), last.start(group))
    return [line.line("loader-conf", "xen_cmdline", "x86")]


# ---- heads -----------------------------------------------------------------------------------

_KEXEC = re.compile(r"^([^|\n]*)\|([^|\n]*)\|kernel[ \t]+([^|\n]*)", re.MULTILINE)


def kexec_menu(source: Source) -> list[FoundLine]:
    """The kernel of each entry of heads' kexec_menu.txt and kexec_default.N.txt that is Xen."""
    found: list[FoundLine] = []
    for match in _KEXEC.finditer(source.text):
        image = re.match(r"(\S+)[ \t]*", match[3])
        if image is None or not (match[2].strip() == "xen" or _is_xen(image[1])):
            continue
        line = Text()
        line.add(match[3][image.end() :].rstrip("\r \t"), match.start(3) + image.end())
        found.append(line.line("kexec-menu", match[1].strip(), "x86"))
    return found


# ---- XenServer -------------------------------------------------------------------------------


def xen_cmdline(source: Source) -> list[FoundLine]:
    """What calls of `xen-cmdline --set-xen` in a script add to the line, a line for each call."""
    from xlcfg.source.boot.grub import shell_commands

    found: list[FoundLine] = []
    for command in shell_commands(source):
        names = [str(word).rsplit("/", 1)[-1] for word in command]
        if "xen-cmdline" not in names:
            continue
        line: Text | None = None
        for word in command[names.index("xen-cmdline") + 1 :]:
            text = str(word)
            if text.startswith("--"):
                _keep(line, found)
                line = None
                if text.startswith("--set-xen="):
                    line = Text()
                    skip = len("--set-xen=")
                    line.chars, line.places = word.chars[skip:], word.places[skip:]
                elif text == "--set-xen":
                    line = Text()
            elif line is not None:
                if line.chars and word.places:
                    line.add(" ", line.places[-1] + 1)
                line.extend(word)
        _keep(line, found)
    return found


def _keep(line: Text | None, found: list[FoundLine]) -> None:
    if line is not None and line.chars:
        found.append(line.line("xen-cmdline", "--set-xen", "x86"))


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {
    "limine": limine,
    "loader-conf": loader_conf,
    "kexec-menu": kexec_menu,
    "xen-cmdline": xen_cmdline,
}
