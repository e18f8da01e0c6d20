"""The syntax tree of a guest config, and how libxlutil refuses a text that gives none.

Settings are in file order, atoms and lists have places.

Every `start`/`end` is a byte offset into the source, `end` exclusive; `line` is the 1-based line
libxlutil gives the value.  Text is bytes-as-Latin-1 (`str`, one character per byte), as libxlutil
keeps it; `Atom.bytes()` gives the bytes back.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from xlcfg.core.diagnostics import LazyFix

#: Height at which the stack of libxlutil's parser is full ("memory exhausted").
STACK_LIMIT = 10000


class Refused(Exception):
    """libxlutil refuses the text; `offset` is where that shows, `reason` which check it was."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason, offset)
        self.offset = offset
        self.reason = reason


class Aborts(Exception):
    """libxlutil dies of an assertion at `offset`: a NUL byte in a string."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Atom:
    """A string or a number: `text` is what libxlutil stores (escapes undone, NUL cuts).

    libxlutil keeps no difference between `512` and `"512"`; `quoted` remembers it for messages.
    """

    __slots__ = ("end", "line", "quoted", "start", "text")
    is_list: Literal[False] = False

    def __init__(self, text: str, start: int, end: int, line: int, quoted: bool) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.line = line
        self.quoted = quoted

    def bytes(self) -> bytes:
        """The value's bytes as xl's readers see them."""
        return self.text.encode("latin-1")


class ListValue:
    """`[ ... ]`: `items` in order.

    `line` is the line libxlutil gives the list, where its first item starts (that of `]` when
    empty); `open_line` is the line of `[`.
    """

    __slots__ = ("end", "items", "line", "open_line", "start")
    is_list: Literal[True] = True

    def __init__(self, items: list[Value], start: int, end: int, line: int, open_line: int) -> None:
        self.items = items
        self.start = start
        self.end = end
        self.line = line
        self.open_line = open_line


Value = Atom | ListValue


class Setting:
    """`name = value` or `name += value`.

    `start`/`end` span the whole assignment, `name_end` ends the name. `line` is the line
    libxlutil gives the setting, which is where its value starts.
    """

    __slots__ = ("end", "line", "name", "name_end", "op", "start", "value")

    def __init__(
        self, name: str, op: str, value: Value, start: int, name_end: int, end: int, line: int
    ) -> None:
        self.name = name
        self.op = op
        self.value = value
        self.start = start
        self.name_end = name_end
        self.end = end
        self.line = line


class Mistake:
    """Something the reader of xl's syntax refuses, at its true place.

    `code` is the rule code. `kind` names the message and the help in the MESSAGES of that rule,
    `facts` fill them: what stands there is text for people. `opened` is the offset of what was left
    open, when that is the cause. `fix` is as in `xlcfg.core.diagnostics.Diagnostic`; it leaves the
    settings that the reader made out as they are.
    """

    __slots__ = ("code", "end", "facts", "fix", "kind", "opened", "start")

    def __init__(
        self,
        code: str,
        kind: str,
        facts: dict[str, object],
        start: int,
        end: int,
        opened: int | None = None,
        fix: LazyFix = None,
    ) -> None:
        self.code = code
        self.kind = kind
        self.facts = facts
        self.start = start
        self.end = end
        self.opened = opened
        self.fix = fix


class Problem:
    """Why the reader of another toolstack refuses a file, with a message and help of its own.

    The other fields are as in `Mistake`.
    """

    __slots__ = ("code", "end", "fix", "help", "message", "opened", "start")

    def __init__(
        self,
        code: str,
        message: str,
        help: str,  # noqa: A002 - the field's public name
        start: int,
        end: int,
        opened: int | None = None,
        fix: LazyFix = None,
    ) -> None:
        self.code = code
        self.message = message
        self.help = help
        self.start = start
        self.end = end
        self.opened = opened
        self.fix = fix


class Document:
    """One parsed guest config.

    `settings` are the assignments in file order, values as written (of a refused file: those that
    could be understood). `chains` has, for each name whose winning value was built with `+=`, the
    settings it was built from, oldest first. `comments` are `(start, end)` from `#` to the end of
    its line, newline excluded. `problems` is why libxlutil refuses the file (empty: accepted);
    `aborts` says that it dies of SIGABRT rather than reporting.
    """

    __slots__ = ("aborts", "chains", "comments", "problems", "settings")

    def __init__(self) -> None:
        self.settings: list[Setting] = []
        self.chains: dict[str, list[Setting]] = {}
        self.comments: list[tuple[int, int]] = []
        self.problems: list[Mistake | Problem] = []
        self.aborts = False

    @property
    def refused(self) -> bool:
        return bool(self.problems)


def store(document: Document, latest: dict[str, Setting], setting: Setting) -> bool:
    """Add a setting the way libxlutil does; False when `+=` would join a list and a string."""
    name = setting.name
    if setting.op == "+=":
        previous = latest.get(name)
        if previous is not None:
            if previous.value.is_list != setting.value.is_list:
                return False
            chain = document.chains.get(name)
            if chain is None:
                document.chains[name] = [previous, setting]
            else:
                chain.append(setting)
    elif name in document.chains:
        del document.chains[name]
    latest[name] = setting
    document.settings.append(setting)
    return True
