"""Device trees, source and flattened, as nodes and properties that know their bytes in the file.

The source form is read without a preprocessor: what only a macro could say has the value None.
Nothing is included or executed.  Both readers go forward only and stop at their limits, so that a
hostile tree costs no more than a large one; `Tree.problem` then says so.
"""

from __future__ import annotations

import re

from xlcfg.source.found import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from xlcfg.core.source import Source

MAGIC = b"\xd0\x0d\xfe\xed"
#: Nobody nests deeper; a hostile tree could, and its paths would be quadratic in size.
DEEPEST = 64
#: Nodes, properties and parts of values together.
MOST = 400_000
_LONGEST_NAME = 128

STRING, CELLS, BYTES, REFERENCE = "string", "cells", "bytes", "reference"


class Part:
    """A piece of a value between commas.

    `kind` STRING has its text, CELLS its numbers (None: a macro or a reference), BYTES its bytes,
    REFERENCE (`&label` outside of < >) nothing more. `start`/`end` span it with its quotes.
    """

    __slots__ = ("cells", "data", "end", "kind", "start", "text")

    def __init__(self, kind: str, start: int, end: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = Text()
        self.cells: list[int | None] = []
        self.data = b""


class Property:
    """`name = parts;`: `start`..`name_end` is the name, `end` where the value ends."""

    __slots__ = ("end", "name", "name_end", "parts", "start")

    def __init__(self, name: str, start: int, name_end: int) -> None:
        self.name = name
        self.start = start
        self.name_end = name_end
        self.end = name_end
        self.parts: list[Part] = []

    def strings(self) -> list[Text]:
        """The strings of a string list; a flattened value is cut at its NULs."""
        texts: list[Text] = []
        for part in self.parts:
            if part.kind == STRING:
                texts.append(part.text)
            elif part.kind == BYTES:
                at = part.start
                for piece in part.data.rstrip(b"\0").split(b"\0"):
                    text = Text()
                    text.add(piece.decode("latin-1"), at)
                    texts.append(text)
                    at += len(piece) + 1
        return texts

    def cells(self) -> list[int | None] | None:
        """The value as 32-bit cells; None when it is not made of them."""
        cells: list[int | None] = []
        for part in self.parts:
            if part.kind == CELLS:
                cells += part.cells
            elif part.kind == BYTES and len(part.data) % 4 == 0:
                data = part.data
                cells += [int.from_bytes(data[i : i + 4], "big") for i in range(0, len(data), 4)]
            else:
                return None
        return cells

    def first(self) -> int | None:
        """The first cell, which is all that Xen reads of a number; None where there is none."""
        cells = self.cells()
        return cells[0] if cells else None


class Node:
    """One node: `start`..`name_end` is its name as first written."""

    __slots__ = ("children", "name", "name_end", "properties", "start")

    def __init__(self, name: str, start: int, name_end: int) -> None:
        self.name = name
        self.start = start
        self.name_end = name_end
        self.properties: dict[str, Property] = {}
        self.children: dict[str, Node] = {}

    def walk(self) -> Iterator[tuple[str, Node]]:
        """The node and those below it with their paths, in the order of the file.

        Overlays can nest deeper than anything that is written down: they are not followed there.
        """
        todo = [("", self, 0)]
        while todo:
            path, node, depth = todo.pop()
            yield path, node
            if depth < DEEPEST:
                below = [(f"{path}/{n}", child, depth + 1) for n, child in node.children.items()]
                todo += reversed(below)

    def strings(self, name: str) -> list[str]:
        """The strings of a property; none when it is not there."""
        found = self.properties.get(name)
        return [] if found is None else [str(text) for text in found.strings()]


class Tree:
    """What was read: the root, and `problem` as (message, place) where reading had to end.

    `votes` and `lines` keep what is worked out of the whole tree once, for all of its guests.
    `script` says that a script made it, and `made` then are the ids of the nodes that it made alone
    (None: of all it is known what is in them). `kept` is for what rules work out once.
    """

    __slots__ = ("flat", "kept", "lines", "made", "problem", "root", "script", "votes")

    def __init__(self, flat: bool) -> None:
        self.votes: list[Any] | None = None
        self.lines: list[str] | None = None
        self.kept: dict[Any, Any] = {}
        self.script = False
        self.made: set[int] | None = None
        self.root = Node("", 0, 0)
        self.flat = flat
        self.problem: tuple[str, int] | None = None


def read(source: Source) -> Tree:
    """The tree of either form."""
    return read_blob(source) if source.data[:4] == MAGIC else read_text(source)


#: How the names of processors begin, and of what their boards are compatible with.
_PROCESSORS = {"arm": ("arm,",), "riscv64": ("riscv", "sifive,", "thead,", "starfive,")}


def architecture(root: Node) -> str:
    """What the processors and the domains of a tree say they are: "riscv64", "arm", or ""."""
    nodes = list(root.walk())
    cpus = [node for path, node in nodes if re.search(r"/cpus/[^/]+$", path)]
    for arch, names in _PROCESSORS.items():
        if any(word.startswith(names) for node in cpus for word in node.strings("compatible")):
            return arch
    domains = [node for _, node in nodes if "xen,domain" in node.strings("compatible")]
    if any("mmu-type" in node.properties for node in (*cpus, *domains)):
        return "riscv64"
    return "riscv64" if any(w.startswith("riscv") for w in root.strings("compatible")) else ""


# One token of device tree source; comments and preprocessor lines are taken along.
_TOKEN = re.compile(
    r"""(?:[ \t\r\n]+|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)
        |^[ \t]*\#[ \t]*(?:include|define|undef|if|ifdef|ifndef|else|elif|endif)\b[^\n]*)+
    |(?P<string>"(?:[^"\\]|\\[\s\S])*+(?:"|\Z))
    |(?P<ref>&(?:\{[^}\n]{0,4096}+\}|[\w]+))
    |(?P<directive>/[\w-]+/)
    |(?P<name>[\w,.+*\#?@-]+|/)
    |(?P<mark>[\s\S])""",
    re.MULTILINE | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|[\s\S])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class _Reader:
    """The state of one pass over a source file."""

    def __init__(self) -> None:
        self.tree = Tree(flat=False)
        self.open: list[Node] = [self.tree.root]
        self.labels: dict[str, Node] = {}
        self.names: list[tuple[str, int]] = []
        self.labelled: list[str] = []
        self.property: Property | None = None
        self.cells: Part | None = None
        self.depth = 0
        self.hexadecimal: Part | None = None

    def begin(self, at: int) -> None:
        """A node opens; it goes on with one of the same name, or of the label it is named by."""
        name, start = self.names[-1] if self.names else ("", at)
        end = start + len(name)
        name = name[:_LONGEST_NAME]
        parent = self.open[-1]
        if name.startswith("&{"):
            node = self.tree.root
            for step in name[2:-1].split("/")[: DEEPEST + 1]:
                if step:
                    node = node.children.setdefault(step, Node(step, start, end))
        elif name.startswith("&") and name[1:] in self.labels:
            node = self.labels[name[1:]]
        elif name == "/":
            node = self.tree.root
        else:
            node = parent.children.setdefault(name, Node(name, start, end))
        for label in self.labelled:
            self.labels[label] = node
        self.open.append(node)
        self.clear()

    def close(self) -> None:
        """A node ends."""
        self.finish()
        if len(self.open) > 1:
            self.open.pop()

    def finish(self) -> None:
        """A statement ends: a property with its value, one without, or a /delete-.../."""
        property_ = self.property
        if property_ is None and self.names:
            first = self.names[0][0]
            name, start = self.names[-1]
            if first == "/delete-property/":
                self.open[-1].properties.pop(name, None)
            elif first == "/delete-node/":
                self.open[-1].children.pop(name, None)
            elif first[0] not in "/&":
                property_ = Property(name, start, start + len(name))
        if property_ is not None:
            self.open[-1].properties[property_.name] = property_
        self.clear()

    def clear(self) -> None:
        """Forgets the statement that was read."""
        self.names = []
        self.labelled = []
        self.property = self.cells = self.hexadecimal = None
        self.depth = 0

    def token(self, kind: str | None, token: str, start: int) -> None:
        """Takes the next token; `kind` is the group of _TOKEN that it is of."""
        end = start + len(token)
        property_ = self.property
        if property_ is None:
            if kind == "mark":
                self.mark(token, start)
            elif kind != "string":
                self.names.append((token, start))
            return
        if self.hexadecimal is not None:
            if token == "]":
                property_.end = self.hexadecimal.end = end
                self.hexadecimal = None
            elif kind == "name" and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", token):
                self.hexadecimal.data += bytes.fromhex(token)
        elif self.cells is not None:
            if token == ">" and not self.depth:
                property_.end = self.cells.end = end
                self.cells = None
            elif token in "()":
                self.depth = max(self.depth + (1 if token == "(" else -1), 0)
                if token == "(" and self.depth == 1:
                    self.cells.cells.append(None)
            elif self.depth:
                pass  # an expression, which is not worked out
            elif kind in ("name", "ref"):
                self.cells.cells.append(_number(token))
        elif kind == "string":
            part = Part(STRING, start, end)
            part.text = _unescape(token, start)
            self.add(part)
        elif kind == "ref":
            self.add(Part(REFERENCE, start, end))
        elif token == "<":
            self.cells = Part(CELLS, start, end)
            self.add(self.cells)
        elif token == "[":
            self.hexadecimal = Part(BYTES, start, end)
            self.add(self.hexadecimal)
        elif token in ";{}":
            self.mark(token, start)
        elif kind == "name":
            self.add(Part(REFERENCE, start, end))  # a macro: something is there

    def add(self, part: Part) -> None:
        """One more part of the value being read."""
        assert self.property is not None
        self.property.parts.append(part)
        self.property.end = part.end

    def mark(self, token: str, start: int) -> None:
        """A mark that begins or ends a property or a node."""
        if token == "=":
            name, at = self.names[-1] if self.names else ("", start)
            self.property = Property(name[:_LONGEST_NAME], at, at + len(name))
        elif token == ":":
            if self.names:
                self.labelled.append(self.names.pop()[0])
        elif token == "{":
            self.begin(start)
        elif token == "}":
            self.close()
        elif token == ";":
            self.finish()


def read_text(source: Source) -> Tree:
    """The tree of a source file or a piece of one; overlays by label are put where they belong."""
    reader = _Reader()
    for count, match in enumerate(_TOKEN.finditer(source.text)):
        if match.lastgroup is None:
            continue
        if count > MOST or len(reader.open) > DEEPEST + 1:
            what = "is too large" if count > MOST else f"is nested more than {DEEPEST} deep"
            reader.tree.problem = (f"the device tree {what}", match.start())
            break
        reader.token(match.lastgroup, match[0], match.start())
    reader.finish()
    return reader.tree


def _number(token: str) -> int | None:
    digits = token.rstrip("uUlL")
    try:
        if re.fullmatch(r"0[0-7]+", digits):
            return int(digits, 8)
        return int(digits, 0) if len(digits) < 24 else None
    except ValueError:
        return None


def _unescape(token: str, start: int) -> Text:
    text = Text()
    body = token[1:-1] if len(token) > 1 and token[-1] == '"' else token[1:]
    at = 0
    for match in _ESCAPE.finditer(body):
        text.add(body[at : match.start()], start + 1 + at)
        escape = match[1]
        if escape[0] == "x" and len(escape) > 1:
            char = chr(int(escape[1:], 16))
        elif escape[0] in "01234567":
            char = chr(int(escape, 8) & 0xFF)
        else:
            char = _ESCAPES.get(escape, escape)
        text.add(char, start + 1 + match.start())
        at = match.end()
    text.add(body[at:], start + 1 + at)
    return text


# The tokens of a flattened tree.
_BEGIN_NODE, _END_NODE, _PROPERTY, _FILLER, _END = 1, 2, 3, 4, 9


class _Blob:
    """The state of one pass over a flattened file: `at` is where it is, `open` the nodes around."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.end = min(self.cell(4), len(data))
        self.at = self.cell(8)
        self.names = self.cell(12)
        self.tree = Tree(flat=True)
        self.open: list[Node] = []

    def cell(self, at: int) -> int:
        """The number in the four bytes there."""
        return int.from_bytes(self.data[at : at + 4], "big")

    def begin(self) -> bool:
        """A node begins; False when its name does not end."""
        stop = self.data.find(b"\0", self.at, self.end)
        if stop < 0:
            return False
        name = self.data[self.at : min(stop, self.at + _LONGEST_NAME)].decode("latin-1")
        node = Node(name, self.at, stop)
        if self.open:
            node = self.open[-1].children.setdefault(name, node)
        else:
            self.tree.root = node
        self.open.append(node)
        self.at = (stop + 4) & ~3
        return True

    def property(self) -> bool:
        """A property with its value; False when it does not fit into the file."""
        data = self.data
        size, name_at = self.cell(self.at), self.names + self.cell(self.at + 4)
        at = self.at = self.at + 8
        if at + size > self.end or name_at >= len(data):
            return False
        stop = data.find(b"\0", name_at, min(len(data), name_at + 64))
        name = data[name_at:stop].decode("latin-1") if stop >= 0 else ""
        if name and self.open:
            property_ = Property(name, at, at + size)
            if size:
                part = Part(BYTES, at, at + size)
                part.data = data[at : at + size]
                property_.parts.append(part)
            self.open[-1].properties[name] = property_
        self.at = (at + size + 3) & ~3
        return True

    def read(self) -> bool:
        """Goes over the nodes; False where the file is cut off or damaged."""
        count = 0
        while self.at + 4 <= self.end:
            token = self.cell(self.at)
            self.at += 4
            count += 1
            if count > MOST or len(self.open) > DEEPEST:
                self.tree.problem = ("the device tree is too large or too deep", self.at - 4)
                return True
            if token == _END:
                return True
            if token == _BEGIN_NODE:
                fits = self.begin()
            elif token == _END_NODE:
                fits = bool(self.open)
                if fits:
                    self.open.pop()
            elif token == _PROPERTY:
                fits = self.property()
            else:
                fits = token == _FILLER
            if not fits:
                return False
        return False


def read_blob(source: Source) -> Tree:
    """The tree of a flattened file; what does not fit into the file ends the reading."""
    blob = _Blob(source.data)
    tree = blob.tree
    damaged = "the flattened device tree is cut off or damaged"
    if len(source.data) < 40:
        tree.problem = (damaged, 0)
    elif not blob.read():
        tree.problem = (damaged, min(blob.at, len(source.data)))
    return tree
