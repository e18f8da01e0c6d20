"""Files of xen.efi, syslinux and systemd-boot."""

from __future__ import annotations

import re

from xlcfg.source.found import FileProblem, FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.source import Source

#: xen.efi's file has values between control characters; a `#` ends one anywhere in it.
_ITEM = re.compile(r"[^\x00-\x1f\x7f]+")


def xen_cfg(source: Source) -> list[FoundLine]:
    """`options=` of each section the way xen.efi finds it: the first one, right before the `=`.

    Without a section that has one, the file gives Xen no options.
    """
    found: list[FoundLine] = []
    default = ""
    section = ""
    seen: set[str] = set()
    taken = True
    for match in _ITEM.finditer(source.text):
        text = match[0].split("#", 1)[0]
        start = match.start() + len(text) - len(text.lstrip(" "))
        text = text.lstrip(" ")
        if not text or text[0] == ";":
            continue
        if text[0] == "[":
            section = text[1:].partition("]")[0]
            # Of two sections with one name the first counts.
            taken = section in seen
            seen.add(section)
            continue
        name, equals, value = text.partition("=")
        if not equals:
            continue
        start += len(name) + 1 + len(value) - len(value.lstrip(" "))
        value = value.lstrip(" ")
        if section == "global":
            if name == "default" and not default:
                default = value
        elif name == "options" and not taken:
            taken = True
            line = Text()
            line.add(value, start)
            found.append(line.line("xen-cfg", section))
    for line_found in found:
        if line_found.label == default:
            line_found.label += " (default)"
    return found


def problems(source: Source) -> list[FileProblem]:
    """Sections and `options=` that xen.efi never comes to: it stops at the first of a name."""
    found: list[FileProblem] = []
    seen: set[str] = set()
    read, options = False, 0
    for match in _ITEM.finditer(source.text):
        text = match[0].split("#", 1)[0]
        start = match.start() + len(text) - len(text.lstrip(" "))
        text = text.strip(" ")
        if text[:1] == "[":
            section = text[1:].partition("]")[0]
            read, options = section not in seen, 0
            seen.add(section)
            if not read:
                place = (start, start + len(text))
                found.append(FileProblem("second-section", *place, {"section": section}))
        elif read and text.startswith("options="):
            options += 1
            if options > 1:
                found.append(FileProblem("second-options", start, start + len("options"), {}))
    return found


_SYSLINUX = re.compile(
    r"^[ \t]*(label|menu[ \t]+label|kernel|linux|com32|append)[ \t]+([^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)


def syslinux(source: Source) -> list[FoundLine]:
    """What mboot.c32 gets for its first module when that is Xen, up to ` --- `."""
    found: list[FoundLine] = []
    label = ""
    for match in _SYSLINUX.finditer(source.text):
        keyword = match[1].lower()
        rest, start = match[2].rstrip("\r"), match.start(2)
        if keyword == "label":
            label = rest.strip()
            continue
        if keyword.startswith("menu"):
            label = label or rest.strip()
            continue
        if keyword != "append":
            loader = re.match(r"\S*mboot\.c32[ \t]+", rest, re.IGNORECASE)
            if loader is None:
                continue
            rest, start = rest[loader.end() :], start + loader.end()
        image = re.match(r"[ \t]*(\S+)[ \t]*", rest)
        if image is None or "xen" not in image[1].rsplit("/", 1)[-1].lower():
            continue
        end = re.compile(r"(?:^|(?<=[ \t]))---(?=[ \t]|$)").search(rest, image.end())
        line = Text()
        line.add(rest[image.end() : end.start() if end else None], start + image.end())
        found.append(line.line("syslinux", label, "x86"))
    return found


_ENTRY = re.compile(r"^[ \t]*(title|efi|linux|uki|options)[ \t]+([^\n]*)", re.MULTILINE)
_DASHES = re.compile(r"(?:^|(?<=[ \t]))--(?=[ \t]|$)[ \t]*")


def starts_xen(key: str, image: str) -> bool:
    """Whether a key of an entry and its value start xen.efi: all of these start an EFI image."""
    name = image.rstrip().rsplit("/", 1)[-1].rsplit("\\", 1)[-1].lower()
    return "xen" in name and (key == "efi" or (key in ("linux", "uki") and name.endswith(".efi")))


def _entry(source: Source) -> tuple[str, Text | None]:
    """The title of an entry and its options, joined by spaces; None where it starts no xen.efi."""
    title = ""
    is_xen = False
    line = Text()
    for match in _ENTRY.finditer(source.text):
        rest, start = match[2].rstrip("\r"), match.start(2)
        if match[1] == "title":
            title = rest.strip()
        elif match[1] != "options":
            is_xen = starts_xen(match[1], rest)
        else:
            if line.chars:
                line.add(" ", start - 1)
            line.add(rest, start)
    return title, line if is_xen else None


def systemd_boot(source: Source) -> list[FoundLine]:
    """The options of a boot loader entry that starts xen.efi.

    They are the EFI command line: what Xen reads for itself comes behind the word `--`.
    """
    title, line = _entry(source)
    dashes = None if line is None else _DASHES.search(str(line))
    if line is None or dashes is None:
        return []
    options = Text()
    options.chars, options.places = line.chars[dashes.end() :], line.places[dashes.end() :]
    return [options.line("systemd-boot", title)] if options.chars else []


def entry_problems(source: Source) -> list[FileProblem]:
    """Options for Xen that stand before `--`, where xen.efi looks for the name of a section."""
    line = _entry(source)[1]
    if line is None:
        return []
    text = str(line)
    dashes = _DASHES.search(text)
    return [
        FileProblem(
            "before-dashes",
            line.places[word.start()],
            line.places[word.end() - 1] + 1,
            {"word": word[0], "dashes": "yes" if dashes else ""},
        )
        for word in re.finditer(r"[^ \t]+", text[: dashes.start()] if dashes else text)
        if "=" in word[0] and word[0][0] not in "-/"
    ]


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {
    "xen-cfg": xen_cfg,
    "syslinux": syslinux,
    "systemd-boot": systemd_boot,
}
