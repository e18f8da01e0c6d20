"""Configs of ImageBuilder, which bash reads: assignments as words of a shell, never executed.

`read_config` gives the settings with their places; `tree_of` the device tree that ImageBuilder
makes of them, as far as Xen looks at it.  Values that only a shell could work out have a `HOLE`.
"""

from __future__ import annotations

import re

from xlcfg.source.devicetree import CELLS, REFERENCE, STRING, Node, Part, Property, Tree
from xlcfg.source.found import HOLE, Text
from xlcfg.source.shell import Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source

#: Guests that are looked at; `NUM_DOMUS` may be any number.
MOST_GUESTS = 256
#: Characters that are read of a config.
LONGEST = 1 << 20
#: Settings that are read.
MOST_SETTINGS = 20_000
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
#: Names that tell such a config: nothing else has one of the first, or two of all.
_OWN = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+)?"
    r"(NUM_DOMUS|DOMU_[A-Z0-9_]+\[[^]\n]*\]|XEN_CMD|XEN_PASSTHROUGH_PATHS|DOM0_CMD)\+?="
)
_MORE = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+)?"
    r"(DOM0_KERNEL|DOM0_RAMDISK|DOM0_ROOTFS|XEN|DEVICE_TREE|UBOOT_SOURCE|UBOOT_SCRIPT|MEMORY_START|MEMORY_END|LINUX_CMD)="
)
_ASSIGNMENT = re.compile(rf"({_NAME})(?:\[([^\]\n]*)\])?(\+?)=")
_VARIABLE = re.compile(rf"\$(?:({_NAME})|\{{({_NAME})(?:\[([^\]}}\n]*)\])?\}})")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]+|[0-9]+")
_KEYWORDS = frozenset(
    ("then", "else", "do", "{", "export", "declare", "typeset", "readonly", "local")
)
_OPENS = frozenset(("if", "for", "while", "until", "case", "select", "function"))
_CLOSES = frozenset(("fi", "done", "esac"))


def is_config(text: str) -> bool:
    """Whether a beginning reads like a config of ImageBuilder; its own scripts assign as much."""
    if text.startswith("#!") or "\0" in text:
        return False
    own = {match[1] for match in _OWN.finditer(text)}
    return bool(own) and len(own | {match[1] for match in _MORE.finditer(text)}) > 1


class Setting:
    """`NAME=value` or `NAME[index]=value`.

    `index` is a number, None where there is none, -1 for one that is not known; `second` is what
    comes behind a comma in it. `start`..`name_end` is the name, `value` has the places of the rest.
    """

    __slots__ = ("index", "name", "name_end", "second", "start", "value")

    def __init__(
        self, name: str, index: int | None, value: Text, start: int, name_end: int
    ) -> None:
        self.name = name
        self.index = index
        self.second: int | None = None
        self.value = value
        self.start = start
        self.name_end = name_end

    def span(self) -> tuple[int, int]:
        """Where the value is; the name where there is none, or other lines have a part of it."""
        places = self.value.places
        if not places or not self.name_end <= places[0] <= places[-1] < places[0] + (1 << 16):
            return self.start, self.name_end
        return places[0], places[-1] + 1

    @property
    def known(self) -> bool:
        """Whether all of the value is known."""
        return HOLE not in self.value.chars

    @property
    def text(self) -> str:
        """The value, with words that are not known left out."""
        return self.value.line("").text if not self.known else str(self.value)

    def number(self) -> int | None:
        """The value as bash counts it; None where it is none or not known."""
        text = str(self.value).strip()
        if not _NUMBER.fullmatch(text) or len(text) > 20:
            return None
        if text[:2].lower() == "0x":
            return int(text, 16)
        if text[0] == "0" and text.strip("01234567"):
            return None
        return int(text, 8 if text[0] == "0" else 10)


class Config:
    """What was read: `settings` in order, whether others may come from elsewhere, and what bash
    does not understand as (message, place).
    """

    __slots__ = ("is_open", "latest", "problem", "settings", "used")

    def __init__(self) -> None:
        self.settings: list[Setting] = []
        #: the last of each name and index
        self.latest: dict[tuple[str, int], Setting] = {}
        self.is_open = False
        self.problem: tuple[str, int] | None = None
        #: names of variables that something refers to
        self.used: set[str] = set()

    def get(self, name: str, index: int | None = None) -> Setting | None:
        """The setting that counts; the name alone is its index 0. None for none or an empty one."""
        setting = self.latest.get((name, index or 0))
        return setting if setting is not None and setting.value.chars else None

    def number(self, name: str, index: int | None = None) -> int | None:
        """The number of a setting; None where it is missing or no number."""
        setting = self.get(name, index)
        return None if setting is None else setting.number()

    def guests(self) -> list[int]:
        """The indices that ImageBuilder makes guests of; none where their number is not known."""
        count = min(self.number("NUM_DOMUS") or 0, MOST_GUESTS)
        return [
            i
            for i in range(count)
            if not (self.get("DOMU_NOBOOT", i) or self.get("DOMU_ROOTFS", i))
        ]


class _Shell(Words):
    """Goes over the text once, as bash does over a file that it sources."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.text[:LONGEST], ends=" \t\r\n;&|()<>")
        self.config = Config()
        self.config.is_open = len(source.text) > LONGEST
        self.depth = 0
        self.values: dict[tuple[str, int], Text] = {}
        #: how many characters may still come from variables, which can hold each other
        self.budget = 1 << 20

    def read(self) -> Config:
        config = self.config
        while self.at < len(self.text) and len(config.settings) < MOST_SETTINGS:
            self.command()
            if config.problem is not None:
                break
        return config

    def command(self) -> None:
        """One command: assignments are kept until something else comes."""
        first = True
        while self.at < len(self.text) and self.config.problem is None:
            if self.skipped():
                continue
            char = self.text[self.at]
            if char in "\n;&|":
                self.at += 1
                return
            if char in "()<>":
                self.at += 1
                first = False
            else:
                first = self.part(first)

    def part(self, first: bool) -> bool:
        """One word of a command; whether assignments may still come."""
        start = self.at
        match = _ASSIGNMENT.match(self.text, start) if first else None
        if match is not None:
            self.at = match.end()
            self.assign(match, start)
            return True
        word = str(self.word())
        if not first:
            return False
        if word in _OPENS:
            self.depth += 1
        elif word in _CLOSES:
            self.depth = max(self.depth - 1, 0)
        elif word in ("source", ".", "eval") or word == "unset":
            self.config.is_open = True
        return word in _KEYWORDS or word.startswith("-") or word == "if"

    def assign(self, match: re.Match[str], start: int) -> None:
        name, index = match[1], match[2]
        name_end = match.end(2) + 1 if index is not None else match.end(1)
        if index is None and self.text.startswith("(", self.at):
            self.array(name, start, match.end(1))
            return
        number, second = _index(index)
        value = self.word()
        if match[3]:
            value = _appended(self.values.get((name, number or 0)), value)
        self.keep(name, number, second, value, start, name_end)

    def array(self, name: str, start: int, name_end: int) -> None:
        """`NAME=(a b [4]=c)`."""
        self.at += 1
        number = 0
        while self.at < len(self.text) and self.text[self.at] != ")":
            char = self.text[self.at]
            if char in " \t\r\n":
                self.at += 1
            elif char == "#":
                self.comment()
            elif char in ";&|(<>":
                break
            else:
                given = re.compile(r"\[([^\]\n]*)\]=").match(self.text, self.at)
                if given is not None:
                    self.at = given.end()
                    number = _index(given[1])[0] or 0
                self.keep(name, number, None, self.word(), start, name_end)
                number += 1
            if self.config.problem is not None or len(self.config.settings) >= MOST_SETTINGS:
                return
        if not self.text.startswith(")", self.at):
            self.config.problem = ("the bracket ( is never closed", start)
        self.at += 1

    def keep(
        self,
        name: str,
        index: int | None,
        second: int | None,
        value: Text,
        start: int,
        name_end: int,
    ) -> None:
        if self.depth:
            # Whether it is reached nobody knows: neither does anybody what holds then.
            self.config.is_open = True
            value = Text()
            value.chars, value.places = [HOLE, HOLE], [start, name_end - 1]
        if index == -1:
            self.config.is_open = True
        setting = Setting(name, index, value, start, name_end)
        setting.second = second
        self.config.settings.append(setting)
        self.config.latest[name, index or 0] = setting
        self.values[name, index or 0] = value

    def unclosed(self, _quote: str, start: int) -> None:
        self.config.problem = (f"the quote {_quote} is never closed", start)

    def expand(self, word: Text) -> None:
        """A variable of the file, or a hole for all else."""
        start = self.at
        match = _VARIABLE.match(self.text, start)
        if match is not None:
            self.at = match.end()
            name = match[1] or match[2]
            self.config.used.add(name)
            value = self.values.get((name, _index(match[3])[0] or 0))
            if value is not None and len(value.chars) <= self.budget:
                self.budget -= len(value.chars)
                word.extend(value)
                return
        elif self.text[start] == "`":
            end = self.text.find("`", start + 1)
            self.at = len(self.text) if end < 0 else end + 1
        elif self.text.startswith("$(", start):
            self.at = _closed(self.text, start + 1)
        elif self.text.startswith("${", start):
            end = self.text.find("}", start)
            self.at = len(self.text) if end < 0 else end + 1
        else:
            self.at = start + 1
            self.put(word, start, start + 1)
            return
        self.hole(word, start)


def _closed(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`, quotes aside."""
    depth = 0
    for match in re.compile(r"[()]").finditer(text, start):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return match.end()
    return len(text)


def _index(text: str | None) -> tuple[int | None, int | None]:
    """The numbers of an index such as `0` or `0,1`; -1 for what only a shell can work out."""
    if text is None:
        return None, None
    one, _, other = text.strip().strip("\"'").partition(",")
    return _whole(one), (_whole(other) if other else None)


def _whole(text: str) -> int:
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(
            text, 8 if len(text) > 1 and text[0] == "0" and not text.strip("01234567") else 10
        )
    return -1


def _appended(before: Text | None, value: Text) -> Text:
    whole = Text()
    if before is not None:
        whole.extend(before)
    whole.extend(value)
    return whole


def read_config(source: Source) -> Config:
    """The settings of a config; never raises. The last one read is kept for who asks again."""
    global _last
    if _last is None or _last[0] is not source:
        _last = (source, _Shell(source).read())
    return _last[1]


_last: tuple[Source, Config] | None = None


def tree_of(source: Source) -> Tree:
    """The tree that ImageBuilder makes of a config, each value at the setting it comes from."""
    return _Writer(read_config(source)).tree


class _Writer:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.tree = Tree(flat=False)
        self.tree.script = True
        self.tree.made = set() if config.is_open or config.problem else None
        chosen = self.tree.root.children["chosen"] = Node("chosen", 0, 0)
        self.cells(chosen, "#address-cells", None, [2])
        self.cells(chosen, "#size-cells", None, [2])
        line = config.get("XEN_CMD")
        if line is not None:
            self.string(chosen, "xen,xen-bootargs", line, self.line(line.value))
        own = config.get("DOM0_CMD")
        if own is not None and config.get("DOM0_KERNEL") is not None:
            self.string(chosen, "xen,dom0-bootargs", own)
        for i in config.guests():
            self.guest(chosen, i)

    def line(self, value: Text) -> Text:
        """Xen's line; without a dom0 ImageBuilder takes words about it out."""
        if self.config.get("DOM0_KERNEL") is not None or self.config.is_open:
            return value
        kept = Text()
        kept.chars, kept.places = list(value.chars), list(value.places)
        for match in re.finditer(r"dom0\S*", str(value)):
            kept.chars[match.start() : match.end()] = [" "] * len(match[0])
        return kept

    def guest(self, chosen: Node, i: int) -> None:
        config = self.config
        kernel = config.get("DOMU_KERNEL", i)
        ours = (s for s in config.settings if s.index == i and s.name.startswith("DOMU_"))
        named = kernel or next(ours, None) or config.get("NUM_DOMUS")
        assert named is not None
        node = chosen.children[f"domU{i}"] = Node(f"domU{i}", named.start, named.name_end)
        self.string(node, "compatible", named, text="xen,domain")
        self.cells(node, "#address-cells", named, [2])
        self.cells(node, "#size-cells", named, [2])
        memory = config.get("DOMU_MEM", i)
        mib = 512 if memory is None else memory.number()
        kib = None if mib is None else mib << 10
        high = None if kib is None else kib >> 32
        self.cells(
            node, "memory", memory or named, [high, None if kib is None else kib & 0xFFFFFFFF]
        )
        vcpus = config.get("DOMU_VCPUS", i)
        self.cells(node, "cpus", vcpus or named, [1 if vcpus is None else vcpus.number()])
        self.memory(node, i)
        if config.number("DOMU_VPL011", i) != 0:
            self.cells(node, "vpl011", config.get("DOMU_VPL011", i) or named, [1])
        self.enhanced(node, i, named)
        for name, property_ in _NUMBERS.items():
            given = config.get(name, i)
            if given is not None:
                self.cells(node, property_, given, [given.number()])
        self.vcpus(node, i)
        if kernel is not None:
            self.module(node, kernel, "kernel", config.get("DOMU_CMD", i))
        for name, kind in (("DOMU_RAMDISK", "ramdisk"), ("DOMU_PASSTHROUGH_DTB", "device-tree")):
            file = config.get(name, i)
            if file is not None:
                self.module(node, file, kind, None)

    def memory(self, node: Node, i: int) -> None:
        """Static memory, mapped directly unless that is said not to be."""
        ranges = self.config.get("DOMU_STATIC_MEM", i)
        if ranges is None:
            return
        cells: list[int | None] = []
        for word in ranges.text.split()[:64]:
            match = _NUMBER.fullmatch(word)
            value = int(word, 16 if word[:2].lower() == "0x" else 10) if match else None
            cells += [None if value is None else value >> 32 & 0xFFFFFFFF]
            cells += [None if value is None else value & 0xFFFFFFFF]
        for name in ("#xen,static-mem-address-cells", "#xen,static-mem-size-cells"):
            self.cells(node, name, ranges, [2])
        self.cells(node, "xen,static-mem", ranges, cells if ranges.known else [None])
        mapped = self.config.get("DOMU_DIRECT_MAP", i)
        if mapped is None or mapped.number() == 1:
            node.properties["direct-map"] = _property("direct-map", mapped or ranges)

    def enhanced(self, node: Node, i: int, named: Setting) -> None:
        given = self.config.get("DOMU_ENHANCED", i)
        asked = None if given is None else given.text
        if asked == "1" or (asked != "0" and self.config.get("DOM0_KERNEL") is not None):
            self.string(node, "xen,enhanced", given or named, text="enabled")
        elif asked == "2":
            self.string(node, "xen,enhanced", given or named, text="no-xenstore")

    def vcpus(self, node: Node, i: int) -> None:
        """Affinities, each in a node of its own."""
        for setting in self.config.settings:
            if setting.name != "DOMU_VCPU_HARD_AFFINITY" or setting.index != i:
                continue
            if setting.second is None or setting.second < 0 or not setting.value.chars:
                continue
            name = f"vcpu@{setting.second}"
            child = node.children[name] = Node(name, setting.start, setting.name_end)
            self.string(child, "compatible", setting, text="xen,vcpu")
            self.cells(child, "id", setting, [setting.second])
            self.string(child, "hard-affinity", setting)

    def module(self, node: Node, file: Setting, kind: str, line: Setting | None) -> None:
        child = node.children[kind] = Node(kind, file.start, file.name_end)
        part = self.string(child, "compatible", file, text=f"multiboot,{kind}")
        more = Part(STRING, part.start, part.end)
        more.text.add("multiboot,module", part.start)
        child.properties["compatible"].parts.append(more)
        self.cells(child, "reg", file, [0, None, 0, None])
        # It writes an address instead; the file's name is what other toolstacks can use.
        self.string(child, "xen,uefi-binary", file)
        if line is not None:
            self.string(child, "bootargs", line)

    def cells(
        self, node: Node, name: str, setting: Setting | None, cells: list[int | None]
    ) -> None:
        property_ = _property(name, setting)
        start, end = (0, 0) if setting is None else setting.span()
        part = Part(CELLS, start, end)
        part.cells = cells
        property_.parts.append(part)
        property_.end = end
        node.properties[name] = property_

    def string(
        self, node: Node, name: str, setting: Setting, value: Text | None = None, text: str = ""
    ) -> Part:
        property_ = _property(name, setting)
        part = Part(STRING, *setting.span())
        if text:
            part.text.add(text, part.start)
        else:
            part.text.extend(setting.value if value is None else value)
            if HOLE in part.text.chars and name not in _LINES:
                part.kind = REFERENCE
        property_.parts.append(part)
        property_.end = part.end
        node.properties[name] = property_
        return part


#: Properties of which the known words are of use.
_LINES = frozenset(("bootargs", "xen,xen-bootargs", "xen,dom0-bootargs"))
#: Settings whose number is a property's.
_NUMBERS = {
    "DOMU_GRANT_VER": "max_grant_version",
    "DOMU_GRANT_FRAMES": "max_grant_frames",
    "DOMU_MAPTRACK_FRAMES": "max_maptrack_frames",
}


def _property(name: str, setting: Setting | None) -> Property:
    if setting is None:
        return Property(name, 0, 0)
    return Property(name, setting.start, setting.name_end)


def counting(config: Config) -> Iterator[Setting]:
    """The settings that count, one of each name and index."""
    seen: set[tuple[str, int | None, int | None]] = set()
    for setting in reversed(config.settings):
        key = (setting.name, setting.index, setting.second)
        if key not in seen:
            seen.add(key)
            yield setting
