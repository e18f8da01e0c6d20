"""The language of U-Boot's scripts: its shell is the hush of 2005, which makes words in two passes.

The first pass splits text into words and takes one level of backslashes away. A command with
variables in it is put together again, each quoted word between single quotes, and split anew: so an
unquoted value falls apart at its blanks, and `\"$line\"` keeps it together.
"""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, LONGEST, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Conditions and loops in each other, and braces of values that are run.
DEEPEST = 32

#: Why a command is not made: variables hold each other.
TOO_LONG = "the command is too long"
#: What a command is separated from the next by.
_SEPARATORS = (";", "\n", "&&", "||")
_RESERVED = frozenset(
    ("if", "then", "elif", "else", "fi", "for", "in", "while", "until", "do", "done")
)
_VARIABLE = re.compile(r"\$(?:([A-Za-z][A-Za-z0-9_]*)|\{([^}]*)\}|(\?))")
_PLAIN = re.compile(r"[^ \t\n;&|#\\$'\"]+")
_PLAIN_AGAIN = re.compile(r"[^ \t\n#\\'\"]+")
_PLAIN_QUOTED = re.compile(r"[^\\$\"]+")
_PLAIN_QUOTED_AGAIN = re.compile(r"[^\\\"]+")


class HushError(Exception):
    """The text is not of this language: `message`, and the place in it where it stops to be."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Script:
    """A text and where its characters are in the file: `places`, or all from `start` on."""

    __slots__ = ("places", "start", "text")

    def __init__(self, text: str, start: int = 0, places: list[int] | None = None) -> None:
        self.text = text
        self.start = start
        self.places = places

    def place(self, at: int) -> int:
        """The place in the file of a character, or of the end."""
        if self.places is None:
            return self.start + at
        if not self.places:
            return self.start
        return self.places[at] if at < len(self.places) else self.places[-1] + 1

    def put(self, text: Text, start: int, end: int) -> None:
        """Append a stretch of it to a text."""
        if self.places is None:
            text.add(self.text[start:end], self.start + start)
        else:
            end = min(end, start + max(LONGEST - len(text.chars), 0))
            text.chars += self.text[start:end]
            text.places += self.places[start:end]


class Word:
    """A word: pieces of text, and between them names of variables with where they stand.

    `quoted` says that some of it was between quotes.
    """

    __slots__ = ("end", "pieces", "quoted", "start")

    def __init__(self, start: int) -> None:
        self.pieces: list[Text | tuple[str, int, int]] = []
        self.quoted = False
        self.start = self.end = start

    def tail(self) -> Text:
        """The text at its end, to append to."""
        if not self.pieces or not isinstance(self.pieces[-1], Text):
            self.pieces.append(Text())
        last = self.pieces[-1]
        assert isinstance(last, Text)
        return last

    def has_variables(self) -> bool:
        """Whether something is to be put in."""
        return any(not isinstance(piece, Text) for piece in self.pieces)

    def text(self) -> Text:
        """All of it, for a word without variables."""
        whole = Text()
        for piece in self.pieces:
            if isinstance(piece, Text):
                whole.extend(piece)
        return whole

    def literal(self) -> str:
        """The word as written where nothing of it is quoted or a variable, else ""."""
        return "" if self.quoted or self.has_variables() else str(self.text())


Token = Word | str


def tokens(script: Script, again: bool = False) -> Iterator[tuple[Token, int]]:
    """Words and separators with their places in the text; HushError where it goes wrong.

    `again` is for the second pass, in which blanks, quotes and backslashes alone have a meaning.
    """
    lexer = _Lexer(script, again)
    while lexer.at < len(script.text):
        token = lexer.token()
        if token is not None:
            yield token


class _Lexer:
    def __init__(self, script: Script, again: bool) -> None:
        self.script = script
        self.text = script.text
        self.again = again
        self.at = 0

    def token(self) -> tuple[Token, int] | None:
        """What begins here; None for blanks and comments."""
        text, at = self.text, self.at
        char = text[at]
        if char in " \t\r" or (char == "\n" and self.again):
            self.at += 1
            return None
        if char == "\\" and text[at + 1 : at + 2] == "\n":
            self.at += 2
            return None
        if char == "#":
            end = text.find("\n", at)
            self.at = len(text) if end < 0 else end
            return None
        if not self.again and char in ";\n&|":
            separator = text[at : at + 2] if char in "&|" else char
            if separator not in _SEPARATORS:
                raise HushError(f"`{char}` means nothing to this shell", at)
            self.at += len(separator)
            return separator, at
        return self.word(), at

    def word(self) -> Word:
        text, script = self.text, self.script
        word = Word(script.place(self.at))
        plain = _PLAIN_AGAIN if self.again else _PLAIN
        ends = " \t\n" if self.again else " \t\n;&|"
        while self.at < len(text) and text[self.at] not in ends:
            at, char = self.at, text[self.at]
            match = plain.match(text, at)
            if match is not None:
                script.put(word.tail(), at, match.end())
                self.at = match.end()
            elif char == "\\":
                if text[at + 1 : at + 2] != "\n":
                    script.put(word.tail(), at + 1, min(at + 2, len(text)))
                self.at += 2
            elif char == "'":
                self.single(word)
            elif char == '"':
                self.double(word)
            elif char == "$" and not self.again:
                self.variable(word)
            else:
                script.put(word.tail(), at, at + 1)
                self.at += 1
        word.end = script.place(self.at - 1) + 1
        return word

    def single(self, word: Word) -> None:
        """A string in single quotes; even there one backslash goes."""
        text, start = self.text, self.at
        end = text.find("'", start + 1)
        if end < 0:
            raise HushError("the quote ' is never closed", start)
        word.quoted = True
        tail, at = word.tail(), start + 1
        while at < end:
            slash = text.find("\\", at, end)
            slash = end if slash < 0 else slash
            self.script.put(tail, at, slash)
            self.script.put(tail, slash + 1, min(slash + 2, end))
            at = slash + 2
        self.at = end + 1

    def double(self, word: Word) -> None:
        """A string in double quotes, in which a backslash stays beside what it protects."""
        text, start = self.text, self.at
        word.quoted = True
        self.at += 1
        plain = _PLAIN_QUOTED_AGAIN if self.again else _PLAIN_QUOTED
        while self.at < len(text) and text[self.at] != '"':
            at, char = self.at, text[self.at]
            match = plain.match(text, at)
            if match is not None:
                self.script.put(word.tail(), at, match.end())
                self.at = match.end()
            elif char == "$" and not self.again:
                self.variable(word)
            elif char == "\\" and text[at + 1 : at + 2] == "\n":
                self.at += 2
            else:
                self.script.put(word.tail(), at, min(at + 2, len(text)))
                self.at += 2
        if self.at >= len(text):
            raise HushError('the quote " is never closed', start)
        self.at += 1

    def variable(self, word: Word) -> None:
        match = _VARIABLE.match(self.text, self.at)
        if match is None:
            if self.text.startswith("${", self.at):
                raise HushError("the brace { is never closed", self.at)
            self.script.put(word.tail(), self.at, self.at + 1)
            self.at += 1
            return
        name = match[1] or match[2] or match[3] or ""
        start = self.script.place(self.at)
        word.pieces.append((name, start, self.script.place(match.end() - 1) + 1))
        self.at = match.end()


def expand(words: list[Word], value: Callable[[str], Text | None]) -> list[Text]:
    """The words of a command with its variables in them, as the command gets them.

    `value` gives a variable's value, None for one that nobody knows, which becomes a `HOLE`.
    HushError where they do not make words, or longer ones than anybody takes.
    """
    if not any(word.has_variables() for word in words):
        return [word.text() for word in words]
    joined = Text()
    for word in words:
        whole = Text()
        for piece in word.pieces:
            if isinstance(piece, Text):
                whole.extend(piece)
                continue
            name, start, end = piece
            known = value(name)
            if known is None:
                whole.add(HOLE, start)
                whole.add(HOLE, end - 1)
            else:
                whole.extend(known)
        if joined.chars:
            joined.add(" ", joined.places[-1])
        if word.quoted:
            joined.add("'", word.start)
        joined.extend(whole)
        if word.quoted:
            joined.add("'", word.end - 1)
        if len(joined.chars) >= LONGEST:
            raise HushError(TOO_LONG, 0)
    text = str(joined).replace("\n", " ")
    return [
        token.text()
        for token, _ in tokens(Script(text, 0, joined.places), again=True)
        if isinstance(token, Word)
    ]


class Command:
    """One command: its words."""

    __slots__ = ("words",)

    def __init__(self, words: list[Word]) -> None:
        self.words = words


class If:
    """`arms` are (condition, what is done then); `otherwise` what is done else."""

    __slots__ = ("arms", "otherwise", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.arms: list[tuple[Steps, Steps]] = []
        self.otherwise: Steps = []


class Loop:
    """A loop: over `words` for the variable `name`, or while its `condition` holds (`until`)."""

    __slots__ = ("body", "condition", "name", "start", "until", "words")

    def __init__(self, start: int) -> None:
        self.start = start
        self.name = ""
        self.words: list[Word] = []
        self.condition: Steps = []
        self.until = False
        self.body: Steps = []


#: What a script does: each step with what stands before it, one of `_SEPARATORS`.
Steps = list[tuple[str, Command | If | Loop]]


def parse(script: Script) -> tuple[Steps, HushError | None]:
    """The steps of a script, up to where it stops to be one, and why it does."""
    parser = _Parser(script)
    steps: Steps = []
    try:
        parser.steps(steps, ())
    except HushError as error:
        return steps, error
    return steps, None


class _Parser:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.stream = tokens(script)
        self.token: Token | None = None
        self.at = 0
        self.depth = 0

    def advance(self) -> None:
        found = next(self.stream, None)
        self.token, self.at = (None, len(self.script.text)) if found is None else found

    def reserved(self) -> str:
        """The reserved word that comes next, or ""."""
        if not isinstance(self.token, Word):
            return ""
        word = self.token.literal()
        return word if word in _RESERVED else ""

    def steps(self, steps: Steps, ends: tuple[str, ...]) -> str:
        """Reads steps up to one of the reserved words `ends`, which is read too and returned."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise HushError(f"conditions are nested more than {DEEPEST} deep", self.at)
        self.advance()
        before = ";"
        while self.token is not None:
            if isinstance(self.token, str):
                # A separator after a separator is a step that does nothing.
                before = self.token if self.token in ("&&", "||") else before
                if self.token in (";", "\n") and before not in ("&&", "||"):
                    before = ";"
                self.advance()
                continue
            word = self.reserved()
            if word in ends and word:
                self.depth -= 1
                return word
            at = self.at
            if word == "if":
                step: Command | If | Loop = self.condition()
            elif word in ("for", "while", "until"):
                step = self.loop(word)
            elif word and word != "in":
                raise HushError(f"`{word}` comes without what it belongs to", at)
            else:
                step = self.command()
            steps.append((before, step))
            before = ";"
        if ends:
            raise HushError(f"`{ends[-1]}` is missing", len(self.script.text))
        self.depth -= 1
        return ""

    def command(self) -> Command:
        words = []
        while isinstance(self.token, Word):
            words.append(self.token)
            self.advance()
        return Command(words)

    def condition(self) -> If:
        made = If(self.script.place(self.at))
        while True:
            asked: Steps = []
            self.steps(asked, ("then",))
            done: Steps = []
            made.arms.append((asked, done))
            end = self.steps(done, ("elif", "else", "fi"))
            if end == "else":
                end = self.steps(made.otherwise, ("fi",))
            if end == "fi":
                self.advance()
                return made

    def loop(self, kind: str) -> Loop:
        made = Loop(self.script.place(self.at))
        if kind == "for":
            self.advance()
            if not isinstance(self.token, Word):
                raise HushError("`for` has no variable", self.at)
            made.name = str(self.token.text())
            self.advance()
            if self.reserved() == "in":
                self.advance()
            made.words = self.command().words
            self.steps([], ("do",)) if self.reserved() != "do" else None
        else:
            made.until = kind == "until"
            self.steps(made.condition, ("do",))
        self.steps(made.body, ("done",))
        self.advance()
        return made
