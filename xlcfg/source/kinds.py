"""What a file is by name and beginning: a guest config, xl.conf, a boot loader's file, or nothing.

`.cfg` is the extension of many things, so a name alone tells little. What does not read like a
guest config is looked at more closely, so that guest configs never pay for it.
"""

from __future__ import annotations

import os
import re

from xlcfg.core.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.source.boot import FileProblem, FoundLine
    from xlcfg.source.devicetree import Tree

GUEST = "guest"
XL_CONF = "xl.conf"
CPUPOOL = "cpupool"

#: Files that boot lines come from: as in `xlcfg.source.boot.KINDS`, "boot-line" for its "line" and
#: "grub" for whichever of the three it is.
BOOT_KINDS = (
    "boot-line", "grub", "grub-default", "grub-cfg", "grub-legacy", "xen-cfg", "syslinux",
    "systemd-boot", "limine", "loader-conf", "kexec-menu", "nix", "xen-cmdline", "xen-log",
    "xl-info", "dts", "dtb", "uboot", "imagebuilder",
)  # fmt: skip

#: Kinds whose lines come with guests that Xen starts itself.
WITH_GUESTS = ("dts", "dtb", "uboot", "imagebuilder")
KINDS = (GUEST, XL_CONF, CPUPOOL, *BOOT_KINDS)

#: How much of a file in a directory is looked at to tell what it is.
SNIFF_BYTES = 64 * 1024

# Names that hardly any other kind of file assigns at the start of a line. One of the first group
# or two of the second make a guest config.
_TELLING = (
    b"vcpus", b"vif", b"maxmem", b"on_poweroff", b"on_reboot", b"on_crash", b"builder", b"maxvcpus",
    b"vfb", b"bootloader", b"device_model_version", b"vncdisplay", b"xen_platform_pci",
)  # fmt: skip
_COMMON = (
    b"name", b"memory", b"kernel", b"ramdisk", b"disk", b"type", b"extra", b"root", b"cmdline",
    b"boot", b"pci", b"uuid", b"cpus", b"serial", b"firmware", b"vnc", b"acpi",
)  # fmt: skip

#: Guest keys that other programs' files may well have: alone they tell nothing.
SHARED = frozenset((
    "acpi", "apic", "bios", "boot", "bootloader", "cap", "channel", "cmdline", "cpus",
    "device_tree", "disk", "display", "extra", "firmware", "hap", "hpet", "irqs", "kernel",
    "keymap", "latency", "localtime", "memory", "name", "nographic", "nx", "oos", "opengl",
    "p9", "pae", "passthrough", "pci", "period", "pool", "ramdisk", "root", "sdl", "serial",
    "slice", "smbios", "soundhw", "spice", "spicehost", "spiceport", "sve", "tee", "timer_mode",
    "type", "usb", "usbversion", "uuid", "vendor_device", "vga", "virtio", "vnc", "xauthority",
))  # fmt: skip

#: What configs of cpupools set, and what people write there by mistake.
_OF_POOLS = {b"name", b"sched", b"nodes", b"cpus", b"cpu", b"node", b"scheduler", b"pool"}

# What follows is compiled when it is first asked for: most runs never do.
_ASSIGNED = rb"(?m)^[ \t]*([A-Za-z][\w.]*)[ \t]*=[ \t]*[\"'\d]"

#: The same for a value that may be a list, and for names as xl's keys are.
_SET = rb"(?m)^[ \t]*([a-z][a-z0-9_]*)[ \t]*\+?=[ \t]*[\"'\[\d\xe2]"

#: Texts about configs, which have some in them.
_DOCUMENTS = (".md", ".markdown", ".rst", ".adoc", ".txt", ".html", ".pod", ".1", ".5", ".7", ".8")

#: Four words, none of them a setting, a comment or a piece of a list.
_SENTENCE = rb"(?m)^[ \t]*[A-Za-z(*`>-][^=#\n\t ]*(?:[ \t]+[^=\n\t ]+){3}"

_SETS_SOMETHING = rb"(?m)^[ \t]*[\w.-]+[ \t]*\+?="

#: A list of disks as xl has them: no other program's `disk` reads like that.
_DISKS = (
    rb"(?m)^[ \t]*disk[ \t]*\+?=[ \t]*\[\s*[\"']"
    rb"(?:phy:|tap:|file:/|[^\"'\n]*(?:\bvdev=|\bxvd[a-z]))"
)

_ANY_SET = rb"(?m)^[ \t]*([a-z][\w-]*)[ \t]*="
_OF_XEN_TOOLS = {
    b"dir", b"lvm", b"evms", b"size", b"swap", b"noswap", b"fs", b"dist", b"image", b"gateway",
    b"netmask", b"broadcast", b"dhcp", b"initrd", b"arch", b"mirror", b"cache", b"passwd",
    b"genpass", b"accounts", b"install-method", b"install-source", b"serial_device",
}  # fmt: skip

#: Nodes of xenstore, with their permissions or without.
_NODES = rb'( *)[\w.@-]+ = ""[^\n"]*\n\1 [\w.@-]+ = "'

#: A word and another that is no `=`: a command, which no line of a guest config begins with.
_COMMAND = rb"(?m)^[ \t]*[\w./-]+[ \t]+[^=+#\s]"

#: The end of a line, and one behind it that is no setting, no comment and no piece of a list.
_NO_SETTING = rb"\n[ \t]*(?!\w+[ \t]*\+?=)[^\s#\"'\[\])]"

#: A rule of a makefile: what is made, and below it, behind a tab, how.
_RECIPE = rb"(?m)^[\w./%$(){} -]+::?(?!=)[^\n=]*\n\t[ \t]*[^\s#=][^\n=]*[ \t][^\n]*"

#: Lines that make and shells, and languages with words for it, have and nobody's settings: ends of
#: blocks, commands with variables, definitions, calls, and settings that are not set by `=`.
_FOREIGN = (
    rb"(?m)^[ \t]*(?:"
    rb"[\w.-]+[ \t]*(?:[?:!]|::)="
    rb"|(?:fi|done|esac|then|else|do|end|begin|endif|endef|endforeach|endfunction)[ \t;]*\r?$"
    rb"|(?:if|elif|while|until|for|case|foreach)\b[^\n]*(?:\bthen|\bdo|\bin|\{)[ \t]*\r?$"
    rb"|(?:ifeq|ifneq|ifdef|ifndef|-?include|define|function|local|var|let|const|use|my|our"
    rb"|package|module|require|proc|export|source|echo|exec|set|unset|readonly|declare|alias|cd"
    rb"|printf|test|puts)[ \t]+[^\s=]"
    rb"|[\w./-]+[ \t]+[^=#\n][^#\n]*\$[\w({@<^]"
    rb"|\.[A-Z]+[ \t]*:"
    rb")"
)

#: Lines of Python, which the configs of xm were, and calls: what is set beside them tells.
_PYTHON = (
    rb"(?m)^[ \t]*(?:(?:import|from|def|class|return|with|print)[ \t]+[^\s=]"
    rb"|(?:if|elif|else|for|while|try|except)\b[^\n]*:[ \t]*\r?$"
    rb"|[\w.:]+[ \t]*\([^\n]*\)[ \t]*(?:[;{:]|do\b[^\n]*)?[ \t]*\r?$)"
)
_OF_MACHINES = rb"(?m)^[ \t]*(?:memory|disk|kernel)[ \t]*="

#: `name: value`, and the name.
_COLON = rb"(?m)^[ \t]*(?!(?:else|try|finally|except):)([A-Za-z_][\w.-]*):(?:[ \t][^=\n]*)?\r?$"

#: libvirt's domain XML of a Xen guest.
_DOMAIN = rb"""\A\s*<(?:[^>]*>\s*<)*?domain\s[^>]*type\s*=\s*["']xen["']"""

#: Names without a dot that nothing but xl.conf assigns.
_XL_CONF_ALONE = {
    b"autoballoon",
    b"run_hotplug_scripts",
    b"claim_mode",
    b"domid_policy",
    b"blkdev_start",
}


#: Words of Xen's boot line that no other program's has, and no line of settings.
_OF_XENS_LINE = (
    rb"(?m)^(?:\S+[ \t]+)*?"
    rb"(?:dom0[\w-]*|(?:guest_)?loglvl|com[12]|dtuart|bootscrub|xpti|spec-ctrl|ucode|vwfi"
    rb"|gnttab\w*|hap_\w+|flask|altp2m|sched(?:_\w+|-gran)?|conring_size)=[^\s\"'\[]"
)

#: Endings of files that are of these kinds, or of none: whatever a script sets, it is no guest.
_ENDINGS = {
    ".sh": ("xen-cmdline", "uboot", "imagebuilder"),
    ".log": ("xen-log", "xl-info"),
    ".nix": ("nix",),
}


def recognise(path: str, head: bytes) -> str:
    """What a file is by its name and beginning, one of `KINDS`; "" for nothing known."""
    only = _ENDINGS.get(path[path.rfind(".") :])
    if only is not None:
        kind = _other_kind(path, head)
        return kind if kind in only else ""
    if path.endswith(XL_CONF) and os.path.basename(path) == XL_CONF:
        return XL_CONF
    if head[:1] in b"\xef\xff\xfe":
        head = _without_mark(head)
    if looks_like_cpupool(head):
        return CPUPOOL
    document = _is_document(path) and is_prose(head)
    if not document and looks_like_guest_config(head):
        return GUEST
    return _other_kind(path, head) or (GUEST if not document and has_only_xls_keys(head) else "")


def _without_mark(head: bytes) -> bytes:
    """The text behind a mark of its encoding, one byte per character. xl refuses such a file."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").encode("latin-1", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def taken_for(wanted: str, path: str, head: bytes) -> str:
    """The kind of a file that is looked for as `wanted` ("" for anything known); "" for no such.

    What looks like nothing known is taken at the word of whoever says what the files are, but for
    binaries, scripts, and where settings are wanted, texts that set nothing.
    """
    kind = recognise(path, head)
    if not wanted or kind:
        return kind if kind.startswith(wanted) else ""
    name = os.path.basename(path)
    if wanted not in _ENDINGS.get(path[path.rfind(".") :], (wanted,)):
        return ""
    if b"\0" in head or (head[:2] == b"#!" and not name.endswith(".cfg")):
        return ""
    settings = wanted in (GUEST, XL_CONF)
    if (
        settings
        and not name.endswith(".cfg")
        and not re.search(rb"(?m)^[ \t]*[\w-]+[ \t]*\+?=", head)
    ):
        return ""
    return wanted if head.strip() or name.endswith(".cfg") else ""


def has_only_xls_keys(head: bytes) -> bool:
    """Whether something is set that nobody but xl reads, and most of what is set are keys of xl's.

    That tells pieces of guest configs, and those that are broken off.
    """
    if b"\0" in head or _is_other_language(head):
        return False
    names = {name.decode("ascii") for name in re.findall(_SET, head)}
    if not names:
        return False
    if names == {"disk"}:
        return re.search(_DISKS, head) is not None
    from xlcfg.catalogue import guest_option

    ours = [name for name in names if guest_option(name) is not None]
    told = any(name not in SHARED for name in ours) or re.search(_DISKS, head) is not None
    return told and 2 * len(ours) > len(names) and not has_foreign_lines(head)


def sets_what_only_xl_reads(head: bytes) -> bool:
    """Whether a key is assigned that no other program's file has."""
    from xlcfg.catalogue import guest_option

    return any(
        name not in SHARED and guest_option(name) is not None
        for name in (one.decode("ascii") for one in re.findall(_SET, head))
    )


def is_prose(head: bytes) -> bool:
    """Whether there are lines of words, and not many more that set something: examples."""
    sentences = len(re.findall(_SENTENCE, head))
    return sentences > 5 and 2 * sentences > len(re.findall(_SET, head))


def _is_document(path: str) -> bool:
    name = path[path.rfind("/") + 1 :].lower()
    return name.endswith(_DOCUMENTS) or name.startswith("readme")


def looks_like_cpupool(head: bytes) -> bool:
    """Whether settings of a cpupool are assigned, and no guest's besides.

    A guest cannot do with a name and CPUs alone, and a pool can.
    """
    if b"sched" not in head and b"nodes" not in head and (b"memory" in head or b"kernel" in head):
        return False
    names = set(re.findall(rb"(?m)(?:^|;)[ \t]*([A-Za-z]\w*)[ \t]*\+?=", head))
    if not names & {b"sched", b"nodes"}:
        return names == {b"name", b"cpus"}
    if names <= _OF_POOLS:
        return True
    from xlcfg.catalogue import guest_option

    others = (name.decode("ascii") for name in names - _OF_POOLS)
    return {b"name", b"sched"} <= names and all(guest_option(name) is None for name in others)


def looks_like_guest_config(head: bytes) -> bool:
    """Whether the beginning of a file reads like a guest config rather than another `.cfg`."""
    if b"\0" in head:
        return False
    # The first lines decide for nearly all files, so that few are split to their end.
    first = head.find(b"\n", 400) + 1
    if not (first > 0 and _points(head[:first], 2) > 1) and _points(head, 2) < 2:
        return False
    return not _is_other_language(head) and not has_foreign_lines(head)


def _is_other_language(head: bytes) -> bool:
    """Whether the beginning is of INI, of a language with braces, of a script, of a manual page."""
    return (
        begins_with_section(head)
        or begins_with_block(head)
        or is_script(head)
        or is_manual_page(head)
        or is_store_listing(head)
        or is_of_xen_tools(head)
    )


def has_foreign_lines(head: bytes) -> bool:
    """Whether lines that are no settings weigh more than the names that only look like a guest's.

    Scripts, makefiles and programs set a name or a type as well as guests do.
    """
    if re.search(_NO_SETTING, b"\n" + head) is None:
        return False
    if is_makefile(head):
        return True
    lines = len(re.findall(_FOREIGN, head))
    if re.search(_PYTHON, head) and not re.search(_OF_MACHINES, head):
        lines += len(re.findall(_PYTHON, head))
    if b":" in head:
        from xlcfg.catalogue import guest_option

        names = (name.decode("ascii", "replace") for name in re.findall(_COLON, head))
        lines += sum(guest_option(name) is None for name in names)
    return lines > 0 and 2 * lines >= _points(head, 2 * lines + 1)


def is_makefile(head: bytes) -> bool:
    """Whether there is a rule with what is done for it."""
    return b"\n\t" in head and b":" in head and re.search(_RECIPE, head) is not None


def _points(head: bytes, enough: int) -> int:
    """How much the names that are set read like a guest's; counted up to `enough`."""
    points = 0
    seen: set[bytes] = set()
    if b";" in head:
        head = head.replace(b";", b"\n")
    for line in head.splitlines():
        name, equals, value = line.strip().partition(b"=")
        if not equals:
            continue
        name = name.strip().rstrip(b"+").rstrip()
        value = value.lstrip()
        if name in seen or not value or value[:1] not in b"'\"[0123456789\xe2":
            continue
        seen.add(name)
        if name in _TELLING:
            points += 2
        elif name in _COMMON and (name != b"type" or _is_type(value)):
            points += 1
        if points >= enough:
            return points
    return points


def _is_type(value: bytes) -> bool:
    """Whether a `type` is that of a guest: many a file has one of another kind."""
    word = value.strip(b" \t\r;").strip(b"'\"").lower()
    return word in (b"pv", b"pvh", b"hvm", b"pvhvm", b"para", b"paravirt", b"linux", b"generic")


def begins_with_section(head: bytes) -> bool:
    """Whether a line like `[section]`, as in INI and TOML files, comes before all telling names.

    Behind one it is a mistake in a guest's, which xl refuses.
    """
    if head[:1] != b"[" and b"\n[" not in head:
        return False
    for line in head.splitlines():
        line = line.rstrip()
        if line[:1] == b"[" and line[-1:] == b"]":
            name = line.strip(b"[ ]")
            if name[:1].isalpha() and not set(name) & set(b"\"',=[]"):
                return True
        elif line.partition(b"=")[0].strip().rstrip(b"+").rstrip() in _TELLING:
            return False
    return False


def begins_with_block(head: bytes) -> bool:
    """Whether a line that opens braces, as in HCL, Nix and C, comes before all telling names."""
    if b"{" not in head or b"}" not in head:
        return False
    for line in head.splitlines():
        line = line.strip()
        if line[:1] == b"#":
            continue
        if line[:1] == b"{" or (line[-1:] == b"{" and b"=" not in line):
            return True
        if line.partition(b"=")[0].strip().rstrip(b"+").rstrip() in _TELLING:
            return False
    return False


def is_script(head: bytes) -> bool:
    """Whether it names a shell in its first line, and has commands: settings are comments to it."""
    if head[:2] != b"#!":
        return False
    first = head[: head.find(b"\n") + 1]
    return b"sh" in first and re.search(_COMMAND, head) is not None


def is_store_listing(head: bytes) -> bool:
    """Whether it is a listing of xenstore: a node, and a line deeper by a blank one below it."""
    return b' = ""' in head and re.match(_NODES, head) is not None


def is_of_xen_tools(head: bytes) -> bool:
    """Whether it is xen-tools' own config: guests are made by it, and some names are theirs."""
    return b"dist" in head and len(_OF_XEN_TOOLS & set(re.findall(_ANY_SET, head))) > 3


def is_manual_page(head: bytes) -> bool:
    """Whether it is the source of one."""
    return head.startswith((b".TH ", b'.\\"', b"'\\\"", b".Dd "))


def _other_kind(path: str, head: bytes) -> str:
    """The kind of a file, one of `KINDS`, by its beginning; "" for none."""
    if head[:4] not in (b"\xd0\x0d\xfe\xed", b"\x27\x05\x19\x56") and b"\0" in head:
        return ""
    if (
        re.search(_DOMAIN, head)
        or head.lstrip().startswith(b"uuid ( RO)")
        or (head.lstrip()[:1] == b"<" and b"<name>VCPUs_max</name>" in head)
    ):
        # a guest of libvirt or xapi, in their own words
        return GUEST
    from xlcfg.source.boot import sniff

    kind = sniff(Source(path, head)) or ""
    if kind == "xen-cfg" and not (_starts(b"options=", head) and _starts(b"kernel=", head)):
        # Many a file has sections with a default= in them.
        kind = ""
    if kind:
        return kind
    if _is_xl_conf(head):
        return XL_CONF
    return "boot-line" if looks_like_boot_line(head) else ""


def looks_like_boot_line(head: bytes) -> bool:
    """Whether each line is words of Xen's boot line, some of them nobody else's."""
    if re.search(_OF_XENS_LINE, head) is None:
        return False
    from xlcfg.catalogue import boot_parameter

    lines = [line.split() for line in head.splitlines() if line.strip()[:1] not in (b"", b"#")]
    for words in lines:
        if b"--" in words:  # and then those of the dom0 kernel
            words = words[: words.index(b"--")]
        names = [word.partition(b"=")[0].removeprefix(b"no-") for word in words]
        known = sum(boot_parameter(name.decode("latin-1")) is not None for name in names)
        if b"" in names or 2 * known < len(names):
            return False
    return True


def _starts(word: bytes, head: bytes) -> bool:
    return head.startswith(word) or b"\n" + word in head


def _is_xl_conf(head: bytes) -> bool:
    from xlcfg.catalogue import xl_conf_options

    options = xl_conf_options()
    return any(
        name in _XL_CONF_ALONE or (b"." in name and name.decode("ascii") in options)
        for name in re.findall(_ASSIGNED, head)
    )


def boot_lines(source: Source, kind: str, board: Source | None = None) -> list[FoundLine]:
    """The boot lines of a file; `kind` is one of `BOOT_KINDS`.

    `board` is the device tree that a script of U-Boot starts from.
    """
    from xlcfg.source.boot import lines_from

    return lines_from(source, _exact(source, kind), board)


def boot_problems(source: Source, kind: str) -> list[FileProblem]:
    """What is wrong with such a file apart from its lines."""
    from xlcfg.source.boot import problems_of

    return problems_of(source, _exact(source, kind))


def _exact(source: Source, kind: str) -> str:
    """The kind by its name in `xlcfg.source.boot.KINDS`."""
    from xlcfg.source.boot import sniff

    if kind == "grub":
        found = sniff(source) or ""
        kind = found if found.startswith("grub") else "grub-default"
    return "line" if kind == "boot-line" else kind


def has_lines(source: Source, board: Source | None = None) -> bool:
    """Whether Xen would get a line or a guest from it: most trees and menus are not about Xen."""
    if boot_lines(source, source.kind, board):
        return True
    if source.kind == "systemd-boot" and boot_problems(source, source.kind):
        return True
    return source.kind in WITH_GUESTS and any(
        "xen,domain" in node.strings("compatible")
        for tree in trees_of(source, board)
        for _, node in tree.root.walk()
    )


def trees_of(source: Source, board: Source | None = None) -> list[Tree]:
    """The device trees that a file of a kind with guests is, or makes."""
    if source.kind == "uboot":
        from xlcfg.source.uboot import outcome

        return outcome(source, board).trees
    if source.kind == "imagebuilder":
        from xlcfg.source.imagebuilder import tree_of

        return [tree_of(source)]
    from xlcfg.source.devicetree import read

    return [read(source)]
