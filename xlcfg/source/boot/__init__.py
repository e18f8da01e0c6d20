"""Xen command lines in the files they come from: boot loaders' and device trees.

`lines_from` finds the lines of a file as Xen will get them, with the image name gone and the
quoting of the file undone; every character knows the byte it came from.  Nothing is executed:
words that only the boot loader could expand are left out and their places kept.
"""

from __future__ import annotations

import re

from xlcfg.source.found import FileProblem, FoundLine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlcfg.core.source import Source

__all__ = ["KINDS", "FileProblem", "FoundLine", "lines_from", "problems_of", "sniff"]

#: The kinds of files lines come from.
KINDS = {
    "line": "the line itself, one on each line of text",
    "grub-default": "/etc/default/grub: GRUB_CMDLINE_XEN and GRUB_CMDLINE_XEN_DEFAULT",
    "grub-cfg": "grub.cfg: multiboot, multiboot2 and xen_hypervisor in menu entries",
    "grub-legacy": "menu.lst of GRUB 0.9x: kernel xen.gz",
    "xen-cfg": "the configuration file of xen.efi: options= in its sections",
    "syslinux": "syslinux.cfg and extlinux.conf: append xen.gz ... --- vmlinuz",
    "systemd-boot": "a boot loader entry for xen.efi: options ... -- ...",
    "limine": "limine.conf: cmdline of an entry whose kernel is Xen",
    "loader-conf": "FreeBSD's loader.conf: xen_cmdline",
    "kexec-menu": "kexec_default.N.txt and kexec_menu.txt of heads",
    "nix": "a configuration of NixOS: virtualisation.xen",
    "xen-cmdline": "a script that calls xen-cmdline --set-xen",
    "xen-log": "the output of xl dmesg, or a serial log",
    "xl-info": "the output of xl info: xen_commandline",
    "dts": "device tree source: /chosen",
    "dtb": "a flattened device tree: /chosen",
    "uboot": "a script of U-Boot, as text or image: what its fdt commands make of /chosen",
    "imagebuilder": "a config of ImageBuilder: XEN_CMD",
}

#: How much of a file `sniff` looks at.
_SNIFFED = 1 << 18
_DTB_MAGIC = b"\xd0\x0d\xfe\xed"


def sniff(source: Source) -> str | None:
    """The kind of a file that has Xen command lines, by its content and then its name, or None.

    Never says `"line"`: any text could be one.
    """
    if source.data[:4] == _DTB_MAGIC:
        return "dtb"
    from xlcfg.source.uboot import MAGIC, is_environment, is_script

    if source.data[:4] == MAGIC:
        return "uboot" if is_script(source.data, "") else None
    name = source.path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if name.endswith((".dts", ".dtsi", ".dtso")):
        return "dts"
    kind = _sniff_words(source.text[:_SNIFFED])
    if kind:
        return kind
    section = False
    for line in source.text[:_SNIFFED].split("\n"):
        words = line.split(None, 2)
        if not words or words[0][0] in "#;":
            continue
        first = words[0]
        second = words[1] if len(words) > 1 else ""
        rest = words[2] if len(words) > 2 else ""
        if first.startswith("/dts-v1/"):
            return "dts"
        if first in ("menuentry", "submenu", "multiboot", "multiboot2", "xen_hypervisor"):
            return "grub-cfg"
        if (second if first == "export" else first).startswith("GRUB_"):
            return "grub-default"
        if first in ("efi", "linux", "uki") and _starts_xen(first, second):
            return "systemd-boot"
        if "mboot.c32" in line and first.lower() in ("kernel", "linux", "com32", "append"):
            return "syslinux"
        if first.lower() == "append" and "xen" in second and "---" in rest:
            return "syslinux"
        if first == "kernel" and _is_xen(line.split()[1:]):
            return "grub-legacy"
        if first[0] == "[":
            section = True
        elif section and first.startswith(("options=", "kernel=", "default=", "chain=")):
            return "xen-cfg"
    from xlcfg.source.imagebuilder import is_config

    if is_config(source.text[:_SNIFFED]):
        return "imagebuilder"
    if is_environment(source.text[:_SNIFFED], ours=name == "uenv.txt") or is_script(
        source.data, source.text[:_SNIFFED]
    ):
        return "uboot"
    return _sniff_rest(source.text[:_SNIFFED]) or None


def _once(lines: Iterable[FoundLine]) -> list[FoundLine]:
    """Of lines that are the same text of the same place the first."""
    kept: dict[tuple[str, int], FoundLine] = {}
    for line in lines:
        kept.setdefault((line.text, line.offset(0)), line)
    return list(kept.values())


#: What Xen says of its line, and before it.
_TELLING = r"\(XEN\)[^\n]*(?:Command line:|Xen version |parameter \")"


#: Lines of `xl info` of which two tell it, whatever has been left out.
_OF_XL_INFO = (
    r"(?m)^(?:host|machine|nr_cpus|virt_caps|total_memory|free_memory|cc_compiler"
    r"|xen_(?:major|minor|extra|version|caps|scheduler|pagesize|changeset|commandline))[ \t]*: "
)


def _sniff_words(text: str) -> str:
    """The kind of a file that a few words tell wherever they stand; "" for none."""
    if "(XEN)" in text and len(re.findall(r"(?m)^[^#\n]*\(XEN\) ", text)) > 2:
        return "xen-log"
    if "(XEN)" in text and _found(_TELLING, text):
        return "xen-log"
    if "xen_" in text and len(re.findall(_OF_XL_INFO, text)) > 1:
        return "xl-info"
    if "virtualisation" in text and _found(
        r"\bvirtualisation(?:\.xen\b|[ \t\n]*=[ \t\n]*\{)", text
    ):
        return "nix"
    return ""


def _sniff_rest(text: str) -> str:
    """The same for words that other boot loaders' files could have in a remark."""
    if "--set-xen" in text and "xen-cmdline" in text:
        return "xen-cmdline"
    if _found(r"(?m)^[ \t]*xen_(?:kernel|cmdline)[ \t]*=", text):
        return "loader-conf"
    if "|kernel " in text and _found(r"(?m)^[^|\n]*\|[a-z]+\|kernel ", text):
        return "kexec-menu"
    if _found(r"(?mi)^[ \t]*protocol[ \t]*[:=][ \t]*(?:multiboot|efi|linux|limine)", text):
        return "limine"
    return ""


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def _starts_xen(key: str, image: str) -> bool:
    if "xen" not in image.lower():
        return False
    from xlcfg.source.boot.loaders import starts_xen

    return starts_xen(key, image)


def _is_xen(words: list[str]) -> bool:
    image = next((word for word in words if not word.startswith("--")), "")
    return "xen" in image.rsplit("/", 1)[-1].lower()


def lines_from(
    source: Source, kind: str | None = None, board: Source | None = None
) -> list[FoundLine]:
    """The Xen command lines of a file, in its order; kind None is what `sniff` says, else "line".

    `board` is the device tree that a script of U-Boot starts from, where it is known.

    Raises ValueError for a kind that is not one of `KINDS`. A damaged file gives the lines that can
    still be read, in the worst case none.
    """
    kind = kind or sniff(source) or "line"
    if kind == "line":
        from xlcfg.source.found import plain_lines

        return plain_lines(source)
    if kind in ("grub-default", "grub-cfg", "grub-legacy"):
        from xlcfg.source.boot import grub

        return grub.READERS[kind](source)
    if kind in ("xen-cfg", "syslinux", "systemd-boot"):
        from xlcfg.source.boot import loaders

        return loaders.READERS[kind](source)
    if kind in ("limine", "loader-conf", "kexec-menu", "xen-cmdline"):
        from xlcfg.source.boot import menus

        return menus.READERS[kind](source)
    if kind in ("xen-log", "xl-info"):
        from xlcfg.source.boot import answers

        return answers.READERS[kind](source)
    if kind == "nix":
        from xlcfg.source.boot import nix

        return nix.READERS[kind](source)
    if kind in ("dts", "dtb"):
        from xlcfg.source.boot import devicetree

        return devicetree.READERS[kind](source)
    if kind == "uboot":
        from xlcfg.source.boot.devicetree import chosen_lines
        from xlcfg.source.uboot import is_environment, outcome

        found = _once(
            line for tree in outcome(source, board).trees for line in chosen_lines(tree.root, kind)
        )
        if not found and is_environment(source.text, ours=True):
            from xlcfg.source.uboot.environment import xen_lines

            return xen_lines(source)
        return found
    if kind == "imagebuilder":
        from xlcfg.source.boot.devicetree import chosen_lines
        from xlcfg.source.imagebuilder import tree_of

        return chosen_lines(tree_of(source).root, kind)
    raise ValueError(f"no kind {kind!r} of boot file; known are {', '.join(KINDS)}")


def problems_of(source: Source, kind: str) -> list[FileProblem]:
    """What is wrong with a file of a kind of `KINDS`, apart from the lines in it."""
    if kind == "grub-default":
        from xlcfg.source.boot import grub

        return grub.problems(source)
    if kind == "xen-cfg":
        from xlcfg.source.boot import loaders

        return loaders.problems(source)
    if kind == "systemd-boot":
        from xlcfg.source.boot import loaders

        return loaders.entry_problems(source)
    if kind == "loader-conf":
        from xlcfg.source.boot import menus

        return menus.problems(source)
    return []
