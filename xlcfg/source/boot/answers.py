"""What a host answers: the log of its hypervisor, and `xl info`."""

from __future__ import annotations

import re

from xlcfg.source.found import FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.source import Source

#: Xen puts this before each of its lines; on a serial line those of dom0 stand between them.
_XEN = re.compile(r"\(XEN\)([^\n]*)")
#: What a terminal is told, and timestamps: all that stands between the prefix and the text.
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][0-9A-B]|[=>78cM])")
_STAMP = re.compile(r"\[[^\]\n]{0,40}\][ \t]*")
_VERSION = re.compile(r"Xen version (\d+\.\d+\S*)(.*)")
_COMPLAINT = re.compile(r'parameter ".*" (?:unknown|has invalid value ".*"(?:, rc=-?\d+)?)!')
_LINE = "Command line:"

#: Xen prints into a buffer of this size: a longer line is cut, its last word perhaps in two.
_PRINTED = 1024 - len(_LINE) - 8
#: Messages are no longer.
_LONGEST = 2048
#: xl asks for at most so many bytes of the line.
_ASKED = 1023

#: Words of the compiler in the banner, and of lines that only one architecture prints.
_ARCHITECTURES = (
    ("x86_64-", "x86"), ("i686-", "x86"), ("aarch64-", "arm64"), ("riscv64-", "riscv64"),
    ("arm-", "arm32"), ("armv7", "arm32"), ("Bootloader:", "x86"), ("BIOS-e820", "x86"),
    ("EFI memory map", "x86"), ("Xen-e820", "x86"), ("VIDEO MODE", "x86"),
    ("64-bit Execution:", "arm64"), ("32-bit Execution:", "arm32"),
)  # fmt: skip


class _Boot:
    """One boot of a log: its banner, its line, and what Xen said about parameters."""

    def __init__(self) -> None:
        self.release = ""
        self.arch = ""
        self.line: Text | None = None
        self.said: list[tuple[str, int, int]] = []

    @property
    def whole(self) -> bool:
        return bool(self.release) and self.line is not None


def xen_log(source: Source) -> list[FoundLine]:
    """The command line of each boot in the output of `xl dmesg` or in a serial log.

    x86 prints what it says about parameters, then its banner, then the line; Arm and RISC-V print
    the line first and the banner last. Of a boot whose line is cut off, its messages are left.
    """
    boots = [_Boot()]
    for match in _XEN.finditer(source.text):
        text = _bare(match[1], match.start(1))
        shown = str(text)
        boot = boots[-1]
        version = _VERSION.match(shown)
        complains = shown.startswith('parameter "') and _COMPLAINT.match(shown[:_LONGEST])
        is_line = shown.startswith(_LINE)
        if (
            (version and boot.release)
            or (is_line and boot.line is not None)
            or (complains and boot.whole)
        ):
            boot = _Boot()
            boots.append(boot)
        if version:
            boot.release = version[1]
            boot.arch = _architecture(version[2]) or boot.arch
        elif is_line:
            at = len(_LINE) + (shown[len(_LINE) : len(_LINE) + 1] == " ")
            boot.line = _rest(text, at, _PRINTED)
            if "dtuart=" in shown and not boot.arch:
                boot.arch = "device-tree"
        elif complains:
            boot.said.append((complains[0], *text.span(0, complains.end())))
        elif not boot.arch:
            boot.arch = _architecture(shown)
    return _lines(_rejoined(boots))


def _rejoined(boots: list[_Boot]) -> list[_Boot]:
    """The boots; messages at the end are of the last line, where it has none and is about them.

    So they stand in logs that people put together from pieces.
    """
    if len(boots) > 1 and boots[-1].line is None and not boots[-1].release:
        line = str(boots[-2].line or "")
        names = [message.split('"', 2)[1] for message, _, _ in boots[-1].said]
        if not boots[-2].said and all(name in line for name in names):
            last = boots.pop()
            boots[-1].said = last.said
    return boots


def _lines(boots: list[_Boot]) -> list[FoundLine]:
    """A line for each boot that has something to look at; one without a banner is like the last."""
    found = []
    release = next((boot.release for boot in boots if boot.release), "")
    arch = next((boot.arch for boot in boots if boot.arch), "")
    for number, boot in enumerate(boots, 1):
        release, arch = boot.release or release, boot.arch or arch
        if boot.line is None and not boot.said:
            continue
        label = f"boot {number}" if len(boots) > 1 else ""
        line = (boot.line or Text()).line("xen-log", label, arch)
        line.release = release
        line.said = tuple(boot.said)
        found.append(line)
    return found


def _architecture(text: str) -> str:
    return next((arch for word, arch in _ARCHITECTURES if word in text), "")


def _bare(text: str, start: int) -> Text:
    """What Xen printed, without what a terminal or a log has put before it and into it."""
    text = text.rstrip("\r")
    bare = Text()
    at = 0
    if "\x1b" in text:
        for escape in _ESCAPE.finditer(text):
            bare.add(text[at : escape.start()], start + at)
            at = escape.end()
    bare.add(text[at:], start + at)
    shown = str(bare)
    begin = len(shown) - len(shown.lstrip(" \t"))
    while (stamp := _STAMP.match(shown, begin)) is not None:
        begin = stamp.end()
    return _from(bare, begin)


def _from(text: Text, begin: int) -> Text:
    rest = Text()
    rest.chars, rest.places = text.chars[begin:], text.places[begin:]
    return rest


def _rest(text: Text, begin: int, longest: int) -> Text:
    """The text behind `begin`; of one that may be cut, without its last word."""
    rest = _from(text, begin)
    shown = str(rest)
    end = len(shown.rstrip("\r\t "))
    if end >= longest:
        end = max(shown.rfind(" ", 0, end), 0)
    rest.chars, rest.places = rest.chars[:end], rest.places[:end]
    return rest


_ANSWER = re.compile(r"^([a-z_]+)[ \t]*:[ \t]?([^\n]*)", re.MULTILINE)


def info_fields(source: Source) -> dict[str, tuple[str, int]]:
    """What `xl info` says: each value with its place in the file."""
    fields: dict[str, tuple[str, int]] = {}
    for match in _ANSWER.finditer(source.text):
        fields.setdefault(match[1], (match[2].rstrip("\r"), match.start(2)))
    return fields


def info_release(fields: dict[str, tuple[str, int]]) -> str:
    """The Xen that answered, as in "4.18.0"; "" where it does not say."""
    version = fields.get("xen_version", ("", 0))[0].strip()
    major, minor = (fields.get(name, ("", 0))[0].strip() for name in ("xen_major", "xen_minor"))
    return version or (f"{major}.{minor}" if major and minor else "")


def info_arch(fields: dict[str, tuple[str, int]]) -> str:
    """The machine by what Xen can run: a 32-bit dom0 says nothing about its hypervisor."""
    caps = fields.get("xen_caps", ("", 0))[0]
    machine = fields.get("machine", ("", 0))[0].strip()
    for word, arch in (
        ("x86_64", "x86_64"), ("x86_32", "x86_32"), ("aarch64", "arm64"), ("armv7l", "arm32"),
        ("riscv64", "riscv64"),
    ):  # fmt: skip
        if word in (caps or machine):
            return arch
    return "arm32" if machine.startswith("armv") else ""


def xl_info(source: Source) -> list[FoundLine]:
    """`xen_commandline` of `xl info`, which is the line without what is for dom0."""
    fields = info_fields(source)
    if "xen_commandline" not in fields:
        return []
    value, start = fields["xen_commandline"]
    text = Text()
    text.add(value, start)
    line = _rest(text, 0, _ASKED).line("xl-info", "xen_commandline", info_arch(fields))
    line.release = info_release(fields)
    return [line]


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {"xen-log": xen_log, "xl-info": xl_info}
