"""What a file is that nobody here reads, given by name: told in a line, not in a list of mistakes.

A guest config with a mistake must not be taken for something else. So what counts is whether the
file assigns names that xl has, or that are close to one: only where it has none of them, or few and
the form of another language besides, is it no guest config.
"""

from __future__ import annotations

import re

from xlcfg.source.kinds import (
    SNIFF_BYTES,
    begins_with_block,
    begins_with_section,
    is_makefile,
    is_manual_page,
    is_of_xen_tools,
    is_prose,
    is_script,
    is_store_listing,
    sets_what_only_xl_reads,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = re.compile(r"^[ \t]*([A-Za-z_][\w.-]*)[ \t]*\+?=(?!=)", re.MULTILINE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MEMBERS = re.compile(r'"[^"\n]*"[ \t]*:')
#: A list, or a name and nothing or a value without `=`.
_YAML = re.compile(r"^(?:---|[ \t]*- |[ \t]*[\w.-]+:(?:[ \t][^=\n]*)?$)", re.MULTILINE)
#: Lines that only a shell has a meaning for.
_SHELL = re.compile(
    r"^[ \t]*(?:(?:case|export|source|local|alias|exec|echo|set|test|exit)[ \t]+\S"
    r"|(?:if|while|until)[ \t]+\[|(?:fi|done|esac|then)\b|\.[ \t]+/)",
    re.MULTILINE,
)
#: Lines of programming languages, Python among them, which the configs of xm were.
_PROGRAM = re.compile(
    r"^[ \t]*(?:(?:if|for|while|return|import|from|def|class|function|var|let|const)[ \t]+\S"
    r"|[\w.]+\([^\n]*\)[ \t]*[;{:]?[ \t\r]*$|[\w.]+\(\))",
    re.MULTILINE,
)
#: A file is judged by so many of its names; nobody's guest sets more.
_MOST_NAMES = 400

#: What only a guest's file has: the configs of xm were Python, and may begin like a script.
_DISKS_OR_VIFS = re.compile(r"^(?:disk|vif)[ \t]*=[ \t]*\[", re.MULTILINE)

#: What `xl list -l` and `xl -N create` print.
_DOMAIN = re.compile(r'"c_info"[ \t\r\n]*:')


def form(path: str, data: bytes) -> tuple[str, str]:
    """What a file is that is certainly no guest config, and what to do with it; "" for any other.

    `data` is what is in it, of which nobody knows what it is.
    """
    head = data[:SNIFF_BYTES]
    head = head.removeprefix(b"\xef\xbb\xbf")
    text = head.decode("latin-1")
    start = text.lstrip()
    if not start or start.startswith(("\xff\xfe", "\xfe\xff")):
        return "", ""
    controls = len(_CONTROLS.findall(head)) if b"\0" in head else 0
    called_config = path.endswith(".cfg")
    if controls > 7 and 20 * controls > len(head):
        told = "" if called_config else "it is a binary file"
        return told, "name the text file that has the settings"
    if start[0] in "[{" and _DOMAIN.search(text):
        return (
            "it is what xl says of a domain in JSON",
            "give it with --running, beside the file of the guest",
        )
    told = _told_first(head, text, start)
    if told:
        return told, _HELP
    if path.endswith((".yaml", ".yml")) and _YAML.search(text):
        return "it is YAML", _HELP
    names = _names(text)
    ours = sum(map(is_close, names))
    if 2 * ours >= len(names) > 0 and sets_what_only_xl_reads(head):
        return "", ""
    told = _program(names) or _told(head, text, 2 * ours >= len(names))
    if told:
        return told, _HELP
    if not names:
        return ("", "") if _named_first(text, called_config) else ("it sets nothing", _HELP)
    if ours == 0 and len(names) < 3 and called_config:
        return "", ""
    if ours == 0:
        return "nothing that it sets is a key of xl's", _HELP
    if 4 * ours < len(names):
        return "hardly anything that it sets is a key of xl's", _HELP
    return "", ""


#: Settings of other programs that have names of xl's among them: how many of which tell one.
_PROGRAMS: tuple[tuple[str, int, str], ...] = (
    ("it is an environment of U-Boot", 1, "bootcmd uenvcmd preboot"),
    (
        "it is an environment of U-Boot",
        2,
        (
            "bootargs bootdelay fdt_addr fdt_addr_r fdt_high fdtaddr fdtfile fdtcontroladdr "
            "initrd_high kernel_addr_r ramdisk_addr_r scriptaddr xen_addr_r loadaddr optargs "
            "baudrate stdin stdout stderr ethaddr ipaddr serverip overlays overlay_prefix rootdev "
            "rootfstype extraargs"
        ),
    ),
    (
        "it is a config of the firmware of a Raspberry Pi",
        1,
        (
            "arm_64bit enable_uart gpu_mem total_mem kernel_address dtoverlay dtparam enable_gic"
            " armstub device_tree_address disable_overscan max_framebuffers"
        ),
    ),
)

_HELP = "--kind says what a file is that does not look like it"


def _told_first(head: bytes, text: str, start: str) -> str:
    """The form of what cannot be a guest config, whatever it sets; "" for none."""
    if head[:2] == b"#!" and (
        is_script(head) or (_PROGRAM.search(text) and not _DISKS_OR_VIFS.search(text))
    ):
        return "it is a script"
    if is_store_listing(head):
        return "it is what xenstore-ls prints"
    if is_of_xen_tools(head):
        return "it is a config of xen-tools"
    if is_manual_page(head):
        return "it is a manual page"
    if is_makefile(head):
        return "it is a makefile"
    if start[0] == "<":
        return "it is XML or HTML"
    if start[0] in "[{" and _MEMBERS.search(text):
        return "it is JSON"
    if begins_with_block(head):
        return "it has blocks in braces"
    return "it is a text about something" if is_prose(head) else ""


def _told(head: bytes, text: str, ours: bool) -> str:
    """The form of another language, "" for none; `ours`: half of the names are keys of xl's."""
    names = _names(text)
    if names and all(name.isupper() for name in names):
        return "it sets variables of a shell"
    if len(_SHELL.findall(text)) > 1:
        return "it is a script"
    if begins_with_section(head) and not (ours and _set_before_section(text)):
        return "it has sections, as INI and TOML files do"
    return "it is a program" if not ours and len(_PROGRAM.findall(text)) > 1 else ""


def _program(names: list[str]) -> str:
    """Whose settings these are, "" for nobody's that is known."""
    there = set(names)
    return next((told for told, n, its in _PROGRAMS if len(there & set(its.split())) >= n), "")


def _set_before_section(text: str) -> bool:
    """Whether a key of xl's is set before the first line in brackets."""
    section = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    first = _NAMES.search(text)
    return (
        section is not None
        and first is not None
        and first.start() < section.start()
        and is_close(first[1])
    )


def _names(text: str) -> list[str]:
    names: dict[str, None] = {}
    for match in _NAMES.finditer(text):
        names[match[1]] = None
        if len(names) == _MOST_NAMES:
            break
    return list(names)


def is_close(name: str) -> bool:
    """Whether xl of some release or dialect reads a key of this name, or one spelled nearly so."""
    return name in _known() or _is_meant(name)


def _is_meant(name: str) -> bool:
    from xlcfg.catalogue.lookup import guest_mistake
    from xlcfg.catalogue.suggest import closest

    lower = name.lower().replace("-", "_")
    return (
        lower in _known()
        or guest_mistake(name) is not None
        or closest(lower[:64], list(_known())) is not None
    )


_keys: frozenset[str] = frozenset()


def _known() -> frozenset[str]:
    global _keys
    if not _keys:
        from xlcfg.catalogue import dialect_options, dialects
        from xlcfg.catalogue.lookup import XEN

        every: Iterable[str] = (option.name for option in XEN.guest_options())
        extra = (option.name for dialect in dialects() for option in dialect_options(dialect))
        _keys = frozenset((*every, *extra))
    return _keys


def _named_first(text: str, called_config: bool) -> bool:
    """Whether most lines begin with the name of a key, as settings with another sign than `=` do.

    Comments alone may become a guest config, where one of them has a setting in it.
    """
    lines = [line for line in map(str.split, text.splitlines()) if line and line[0][0] != "#"]
    if not lines:
        return called_config or any(map(is_close, _names(text.replace("#", " "))))
    return 2 * sum(line[0].rstrip(":") in _known() for line in lines) >= len(lines)
