"""The syntax tree of a Xen boot command line, over the tables of `grammars/xen_cmdline.lark`.

Every text is a line: no text is refused. Offsets are indexes into the text given, which is bytes as
Latin-1 (one character per byte), so they are byte offsets too; `end` is exclusive.
"""

from __future__ import annotations

from xlcfg.core.source import Source
from xlcfg.syntax.drive import drive, scanner
from xlcfg.syntax.tables import xen_cmdline as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SubOption:
    """A piece of a value between commas: `name`, `no-name`, `name=value` or `name:value`.

    `name` is the text before the first `=` or `:` of the piece, without a `no-` that begins it;
    `mark` is that `=` or `:`, or "" when there is none, and `value` what follows it.
    """

    __slots__ = ("end", "mark", "name", "name_start", "negated", "start", "value", "value_start")

    def __init__(
        self,
        name: str,
        mark: str,
        value: str,
        negated: bool,
        start: int,
        name_start: int,
        value_start: int,
        end: int,
    ) -> None:
        self.name = name
        self.mark = mark
        self.value = value
        self.negated = negated
        self.start = start
        self.name_start = name_start
        #: where the value starts; `end` when there is none
        self.value_start = value_start
        self.end = end

    @property
    def name_end(self) -> int:
        return self.name_start + len(self.name)

    def __repr__(self) -> str:
        no = "no-" if self.negated else ""
        return f"SubOption({no + self.name + self.mark + self.value!r}, {self.start}, {self.end})"


class Word:
    """A word: `name`, `no-name` or `name=value`.

    `text` is all of it, `name` the text before the first `=` without a `no-` that begins it and
    `value` the text after that `=` ("" without one). `suboptions` are the pieces of the value
    between commas, empty without a `=`.
    """

    __slots__ = ("assigned", "end", "name", "negated", "start", "suboptions", "text")

    def __init__(
        self,
        text: str,
        name: str,
        negated: bool,
        assigned: bool,
        suboptions: list[SubOption],
        start: int,
        end: int,
    ) -> None:
        self.text = text
        self.name = name
        self.negated = negated
        #: whether there is a `=`
        self.assigned = assigned
        self.suboptions = suboptions
        self.start = start
        self.end = end

    @property
    def typed(self) -> str:
        """The name with its `no-`, as Xen repeats it."""
        return f"no-{self.name}" if self.negated else self.name

    @property
    def name_start(self) -> int:
        return self.start + 3 * self.negated

    @property
    def name_end(self) -> int:
        return self.name_start + len(self.name)

    @property
    def value(self) -> str:
        return self.text[self.value_start - self.start :]

    @property
    def value_start(self) -> int:
        """Where the value starts; `end` when there is none."""
        return self.name_end + 1 if self.assigned else self.end

    @property
    def bracket(self) -> str:
        """The name up to and including its first bracket, when it has one and a value: `ivrs[`."""
        if self.assigned:
            typed = self.typed
            for i, char in enumerate(typed):
                if char in "([{<":
                    return typed[: i + 1]
        return ""

    def __repr__(self) -> str:
        return f"Word({self.text!r}, {self.start}, {self.end})"


class CommandLine:
    """One line: its `text` and its `words` in order."""

    __slots__ = ("text", "words")

    def __init__(self, text: str, words: list[Word]) -> None:
        self.text = text
        self.words = words


_TOKENS = scanner(_t)


def read_cmdline(text: str) -> CommandLine:
    """The words of a command line; only the space character separates them, nothing quotes."""

    # Until its end is known a name is (negated, start).
    def word(name: tuple[bool, int], name_end: int, items: list[SubOption], end: int) -> Word:
        negated, start = name
        name_text = text[start + 3 * negated : name_end]
        return Word(text[start:end], name_text, negated, name_end < end, items, start, end)

    def item(negated: bool, start: int, mark: tuple[int, int], end: int) -> SubOption:
        name_start = start + 3 * negated
        at, after = mark
        name, value = text[name_start:at], text[after:end]
        return SubOption(name, text[at:after], value, negated, start, name_start, after, end)

    def act(rule: str, taken: list[Any], at: int) -> Any:
        first = taken[0] if taken else None
        match rule:
            case "blank":
                return []
            case "words":
                return taken[1]
            case "first_word" | "first_item":
                return [first]
            case "next_word" | "next_item":
                taken[0].append(taken[2])
                return first
            case "flag":
                return word(taken[0], at, [], at)
            case "setting":
                return word(taken[0], taken[1][0], taken[2], at)
            case "nameless":
                start = taken[0][0]
                return word((False, start), start, taken[1], at)
            case "prefix" | "negated":
                return True, taken[0][0]
            case "plain":
                return False, taken[0][0]
            case "empty":
                return item(False, at, (at, at), at)
            case "item_plain":
                return item(False, taken[0][0], (at, at), at)
            case "item_prefix" | "item_negated":
                return item(True, taken[0][0], (at, at), at)
            case "item_setting":
                return item(False, taken[0][0], taken[1], at)
            case "item_negated_setting":
                return item(True, taken[0][0], taken[2], at)
            case "item_prefix_setting":
                return item(True, taken[0][0], taken[1], at)
            case _:  # item_nameless
                return item(False, taken[0][0], taken[0], at)

    return CommandLine(text, drive(_t, _TOKENS, text, act))


class Boot:
    """A boot command line: its words, and where it is from ("" for the command line of xlcfg)."""

    __slots__ = ("line", "source", "where")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.line = read_cmdline(source.text)
        self.where = ""


def read_boot(line: str) -> Boot:
    """The boot command line given as an argument."""
    return Boot(Source("boot line", line.strip("\n").encode("utf-8", "surrogateescape")))
