"""The device trees that `fdt` commands leave behind, everything at its place in the script."""

from __future__ import annotations

import re

from xlcfg.source.devicetree import (
    BYTES,
    CELLS,
    DEEPEST,
    REFERENCE,
    STRING,
    Node,
    Part,
    Property,
    Tree,
    read,
)
from xlcfg.source.found import HOLE, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.source import Source

#: Trees that are made of one script.
_MOST_TREES = 16
#: Nodes and properties of the board's tree, all copies together.
_MOST_COPIED = 400_000
#: What stands for something in templates, which another program puts in.
_PLACEHOLDER = re.compile(r"@@?[A-Z][A-Z0-9_]*@@?|%[A-Z][A-Z0-9_]*%|\{\{[^{}]*\}\}")
#: Values of which the known words are of use: the lines of Xen and of kernels.
_LINES = frozenset(("bootargs", "xen,xen-bootargs", "xen,dom0-bootargs"))
_CELL = re.compile(r"0[xX]([0-9A-Fa-f]+)|0([0-7]*)(?![0-9])|([1-9][0-9]*)|0")


class Edit:
    """What one command does to the tree of an address; `words` are its own, from `fdt` on."""

    __slots__ = ("start", "tree", "what", "words")

    def __init__(self, what: str, tree: str, start: int, words: list[Text]) -> None:
        self.what = what
        self.tree = tree
        self.start = start
        self.words = words


class Note:
    """Something to tell of a script: a kind, its place, and facts for the words of a rule."""

    __slots__ = ("end", "facts", "kind", "start")

    def __init__(self, kind: str, start: int, end: int, facts: dict[str, str]) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.facts = facts


class Outcome:
    """What a script leaves: `trees`, one for each way to boot that differs, and `notes`."""

    __slots__ = ("notes", "trees")

    def __init__(self, trees: list[Tree], notes: list[Note]) -> None:
        self.trees = trees
        self.notes = notes


Notes = dict[tuple[str, int], Note]


def build(
    ends: list[tuple[tuple[object, Edit] | None, str, bool]],
    source: Source,
    base: Source | None,
    notes: Notes,
) -> list[Tree]:
    """The trees at the ends of all ways: edits, the address of what is booted or "", and whether
    something unseen may have changed them.
    """
    board = None if base is None else read(base)
    trees: list[Tree] = []
    seen: set[tuple[int, ...]] = set()
    copied = 0
    for newest, address, is_open in ends:
        for edits in _groups(_oldest_first(newest), address):
            key = tuple(map(id, edits))
            if key in seen:
                continue
            seen.add(key)
            if len(trees) >= _MOST_TREES or copied > _MOST_COPIED:
                at = edits[0].start
                notes.setdefault(("ways", 0), Note("ways", at, at + 1, {"most": str(len(trees))}))
                return trees
            maker = _Maker(source, board, is_open, edits[0].start, notes)
            for edit in edits:
                maker.take(edit)
            copied += maker.copied
            trees.append(maker.tree)
    return trees


def _oldest_first(newest: tuple[object, Edit] | None) -> list[Edit]:
    edits: list[Edit] = []
    while newest is not None:
        edits.append(newest[1])
        newest = newest[0]  # type: ignore[assignment]
    return edits[::-1]


def _groups(edits: list[Edit], address: str) -> Iterator[list[Edit]]:
    """The edits of each tree; only of the one at an address, where that was edited."""
    keys = list(dict.fromkeys(edit.tree for edit in edits if edit.what != "bootargs"))
    line = next((edit for edit in reversed(edits) if edit.what == "bootargs"), None)
    for key in [address] if address in keys else keys:
        group = [edit for edit in edits if edit.tree == key and edit.what != "bootargs"]
        yield [*group, line] if line is not None else group


class _Maker:
    def __init__(
        self, source: Source, board: Tree | None, is_open: bool, start: int, notes: Notes
    ) -> None:
        self.source = source
        self.notes = notes
        self.copied = 0
        #: nodes that are known altogether: nothing was there before the script
        self.made: set[int] = set()
        self.tree = Tree(flat=False)
        self.tree.script = True
        self.whole = board is not None and not is_open
        self.is_open = is_open
        if board is not None:
            self.tree.root = self.copy(board.root, start)
        else:
            self.tree.root.children["chosen"] = Node("chosen", start, start)
        self.tree.made = None if self.whole else set() if is_open else self.made
        #: nodes that were taken out: their ids are not to be given to others
        self.gone: list[Node] = []

    def copy(self, node: Node, at: int, depth: int = 0) -> Node:
        """A node of the board with all below it, at the place of the command that takes it."""
        self.copied += 1 + len(node.properties)
        made = Node(node.name, at, at + 1)
        for name, property_ in node.properties.items():
            made.properties[name] = _placed(property_, at)
        if depth < DEEPEST:
            for name, child in node.children.items():
                made.children[name] = self.copy(child, at, depth + 1)
        return made

    def take(self, edit: Edit) -> None:
        """Do what the command does."""
        words = edit.words
        if edit.what == "bootargs":
            chosen = self.tree.root.children.get("chosen")
            if chosen is not None:
                self.value(chosen, "bootargs", *words[0].span(), words)
        elif edit.what == "mknod":
            self.mknod(edit)
        elif edit.what[:1] == "s":
            self.set(edit)
        elif edit.what == "cho":
            self.tree.root.children.setdefault("chosen", Node("chosen", edit.start, edit.start + 3))
        elif edit.what == "rm" and len(words) > 2:
            self.remove(words)

    def shown(self, text: Text) -> str:
        """A text with its unknown variables as they are written."""
        out: list[str] = []
        chars, places = text.chars, text.places
        at = 0
        while at < len(chars):
            if chars[at] == HOLE and at + 1 < len(chars) and chars[at + 1] == HOLE:
                out.append(self.source.text[places[at] : places[at + 1] + 1])
                at += 2
            else:
                out.append(chars[at])
                at += 1
        return "".join(out)

    def note(self, kind: str, at: Text, **facts: str) -> None:
        start, end = at.span()
        self.notes.setdefault((kind, start), Note(kind, start, end, facts))

    def find(self, path: Text, what: str) -> Node | None:
        """The node at a path; one that only the board's tree can have is made up."""
        shown = self.shown(path)
        steps = [step for step in shown.split("/") if step]
        node, known = self.tree.root, self.whole
        if not shown.startswith("/"):
            return None  # an alias
        for number, step in enumerate(steps):
            child = _child(node, step)
            if child is None:
                if known or (id(node) in self.made and not self.is_open):
                    close = _close(step, node)
                    there = "/".join(["", *steps[:number], close])
                    cure = f"write {there}" if close else "make it with fdt mknod before"
                    self.note("no-node", path, path=shown, what=what, cure=cure)
                    return None
                if len(steps) > DEEPEST:
                    return None
                start, end = path.span()
                child = node.children[step] = Node(step, start, end)
            node = child
        return node

    def mknod(self, edit: Edit) -> None:
        words = edit.words
        if len(words) < 4:
            self.note("usage", words[0], usage="fdt mknod PATH NAME")
            return
        parent = self.find(words[2], "makes no node")
        name = self.shown(words[3])
        if parent is None:
            return
        if _child(parent, name, exact=True) is not None:
            if id(parent.children[name]) in self.made:
                self.note("node-exists", words[3], path=f"{self.shown(words[2])}/{name}")
            return
        start, end = words[3].span()
        node = parent.children[name] = Node(name, start, end)
        self.made.add(id(node))

    def set(self, edit: Edit) -> None:
        words = edit.words
        if len(words) < 4:
            self.note("usage", words[0], usage="fdt set PATH PROPERTY [VALUE]")
            return
        node = self.find(words[2], "sets nothing")
        if node is not None:
            start, end = words[3].span()
            self.value(node, self.shown(words[3]), start, end, words[4:])

    def value(self, node: Node, name: str, start: int, end: int, words: list[Text]) -> None:
        property_ = Property(name, start, end)
        first = str(words[0])[:1] if words else ""
        if first in ("<", "["):
            parts = self.numbers(words, first)
            if parts is None:
                return
            property_.parts = parts
        else:
            property_.parts = [self.string(name, word) for word in words]
            if name in _LINES and len(words) > 1:
                self.note("split-line", words[1], name=name, text=self.shown(words[0]))
        for part in property_.parts:
            # What another line has is told where it is set.
            if not property_.end <= part.start <= part.end and part.start != start:
                part.start, part.end = start, end
            property_.end = max(property_.end, part.end)
        node.properties[name] = property_

    def string(self, name: str, word: Text) -> Part:
        text = _without_placeholders(word)
        known = HOLE not in text.chars
        part = Part(STRING if known or name in _LINES else REFERENCE, *word.span())
        part.text = text
        return part

    def numbers(self, words: list[Text], first: str) -> list[Part] | None:
        """Cells or bytes; None when U-Boot cannot convert them, so that nothing is set."""
        whole = Text()
        for number, word in enumerate(words):
            if number:
                whole.add(" ", whole.places[-1])
            whole.extend(word)
        text = str(_without_placeholders(whole))
        part = Part(CELLS if first == "<" else BYTES, *whole.span())
        close = text.find(">" if first == "<" else "]")
        inner = text[1:close] if close >= 0 else text[1:]
        if any(word and not word.strip(HOLE) for word in inner.split(" ")):
            # A variable may hold several.
            part.kind = REFERENCE
            return [part]
        wrong = "" if close >= 0 else inner[-12:] or first
        if first == "<":
            for digits in inner.split():
                cell = _cell(digits)
                if cell is False:
                    wrong = digits
                    break
                part.cells.append(cell)
        elif HOLE not in inner and not re.fullmatch(r"[0-9A-Fa-f ]*", inner):
            wrong = inner[:16]
        else:
            pairs = [] if HOLE in inner else inner.split()
            part.data = bytes(int(pair, 16) & 0xFF for pair in pairs if len(pair) < 9)
        if wrong:
            self.note("no-number", whole, text=wrong.replace(HOLE, "?"))
            return None
        return [part]

    def remove(self, words: list[Text]) -> None:
        steps = [step for step in self.shown(words[2]).split("/") if step]
        node, parent = self.tree.root, None
        for step in steps:
            child = _child(node, step)
            if child is None:
                return
            node, parent = child, node
        if len(words) > 3:
            node.properties.pop(self.shown(words[3]), None)
        elif parent is not None:
            parent.children.pop(node.name, None)
            self.gone.append(node)


def _without_placeholders(text: Text) -> Text:
    """A text with holes for what another program puts in."""
    whole = str(text)
    if not any(char in whole for char in "@%{"):
        return text
    made = Text()
    at = 0
    for match in _PLACEHOLDER.finditer(whole):
        made.chars += [*text.chars[at : match.start()], HOLE, HOLE]
        made.places += text.places[at : match.start()]
        made.places += [text.places[match.start()], text.places[match.end() - 1]]
        at = match.end()
    made.chars += text.chars[at:]
    made.places += text.places[at:]
    return made


def _cell(word: str) -> int | bool | None:
    """The cell that a word is, None for an unknown one; False when it is none."""
    if HOLE in word:
        return None
    if word == "?":
        return None
    match = _CELL.fullmatch(word)
    if match is None or len(word) > 24:
        return False
    if match[1]:
        return int(match[1], 16) & 0xFFFFFFFF
    if match[3]:
        return int(match[3]) & 0xFFFFFFFF
    return int(match[2] or "0", 8) & 0xFFFFFFFF


def _child(node: Node, step: str, exact: bool = False) -> Node | None:
    """The node below that a step of a path names: without a unit address the first that fits."""
    found = node.children.get(step)
    if found is None and not exact and "@" not in step:
        return next((c for n, c in node.children.items() if n.partition("@")[0] == step), None)
    return found


def _close(step: str, node: Node) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(step[:64], list(node.children)[:200], 1, 0.7)), "")


def _placed(property_: Property, at: int) -> Property:
    """A property of the board's tree at a place of the script."""
    made = Property(property_.name, at, at + 1)
    made.end = at + 1
    for part in property_.parts:
        copy = Part(part.kind, at, at + 1)
        copy.cells = part.cells
        copy.data = part.data
        copy.text.chars = part.text.chars
        copy.text.places = [at] * len(part.text.chars)
        made.parts.append(copy)
    return made
