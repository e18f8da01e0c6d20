"""NixOS: what `virtualisation.xen` of a configuration puts on Xen's boot line.

Nothing is evaluated: strings and numbers that stand in the file are taken, and what only Nix could
work out is left out.
"""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.source import Source

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r\n]+ | \#[^\n]* | /\*.*?(?:\*/|\Z))
  | (?P<string>" (?:[^"\\$] | \\. | \$\{[^}\n]{0,400}\} | \$)* "?)
  | (?P<indented>'' (?:[^'] | '(?!') | '''|''\$|''\\.)* (?:'')?)
  | (?P<name>[A-Za-z_][\w'-]*)
  | (?P<number>\d+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_INTERPOLATED = re.compile(r"\$\{[^}\n]{0,400}\}")
#: No option has a longer name; what nests deeper is none of ours.
_DEEPEST = 32

#: Options that are lists of parameters; the second is their name since NixOS 24.11.
_PARAMETERS = (("bootParams",), ("boot", "params"))
#: Options that become parameters.
_MEMORY = (("dom0Resources", "memory"), ("domain0MemorySize",), ("dom0MemSize",))
_MAX_MEMORY = ("dom0Resources", "maxMemory")
_VCPUS = ("dom0Resources", "maxVCPUs")

_PREFIX = ("virtualisation", "xen")


class _Settings:
    """What one place of the configuration sets: the parameters, and numbers with their places."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.line = Text()
        self.numbers: dict[tuple[str, ...], tuple[str, int]] = {}

    def add(self, text: Text) -> None:
        if self.line.chars and text.chars:
            self.line.add(" ", self.line.places[-1] + 1)
        self.line.extend(text)

    def finish(self) -> Text:
        """The line, with the words that the numbers become."""
        memory = next((self.numbers[name] for name in _MEMORY if name in self.numbers), None)
        most = self.numbers.get(_MAX_MEMORY)
        if memory is not None:
            text = _word("dom0_mem=", *memory, "M")
            if most is not None:
                text.extend(_word(",max:", *most, "M"))
            self.add(text)
        if _VCPUS in self.numbers:
            self.add(_word("dom0_max_vcpus=", *self.numbers[_VCPUS], ""))
        return self.line


def _word(before: str, number: str, place: int, after: str) -> Text:
    """A word that stands in the file as a number alone: all of it is at that number."""
    text = Text()
    text.chars = [*before, *number, *after]
    last = place + len(number) - 1
    text.places = [*[place] * len(before), *range(place, last + 1), *[last] * len(after)]
    return text


class _Reader:
    """Follows which option each value is for."""

    def __init__(self, source: Source) -> None:
        self.found: dict[tuple[str, ...], _Settings] = {}
        #: each open bracket, and the option that what is inside belongs to
        self.open: list[tuple[str, tuple[str, ...]]] = []
        self.path: list[str] = []
        self.option: tuple[str, ...] = ()
        self.dotted = False
        for match in _TOKEN.finditer(source.text):
            if match.lastgroup != "skip":
                self.token(match)

    def token(self, match: re.Match[str]) -> None:
        kind, text = match.lastgroup, match[0]
        if kind == "mark":
            self.mark(text)
        elif self.option:
            self.value(match)
        elif kind in ("name", "string"):
            if not self.dotted:
                self.path = []
            if len(self.path) < _DEEPEST:
                self.path.append(text.strip('"'))
            self.dotted = False

    def mark(self, text: str) -> None:
        if text == "." and not self.option:
            self.dotted = True
        elif text == "=" and not self.option and self.path:
            outer = self.open[-1][1] if self.open else ()
            self.option = (*outer, *self.path)[-_DEEPEST:]
        elif text in "{[(":
            inside = self.option or (self.open[-1][1] if self.open else ())
            self.open.append((text, inside))
            if text == "{":
                self.option, self.path, self.dotted = (), [], False
        elif text in "}])":
            if self.open:
                opened, inside = self.open.pop()
                if opened == "{":
                    # the value that the braces are goes on to its semicolon
                    self.option = inside
        elif text == ";":
            self.option, self.path, self.dotted = (), [], False

    def value(self, match: re.Match[str]) -> None:
        """A string or number of the option that is being set."""
        option = self.option
        at = next((i for i in range(len(option) - 2) if option[i : i + 2] == _PREFIX), -1)
        if at < 0:
            return
        name = option[at + 2 :]
        listed = bool(self.open) and self.open[-1][0] == "["
        if name in _PARAMETERS and listed and match.lastgroup in ("string", "indented"):
            self.settings(option[:at], ".".join((*_PREFIX, *name))).add(_string(match))
        elif match.lastgroup == "number" and int(match[0][:20]):
            if name in _MEMORY or name in (_MAX_MEMORY, _VCPUS):
                settings = self.settings(option[:at], ".".join((*_PREFIX, name[0])))
                settings.numbers[name] = match[0], match.start()

    def settings(self, where: tuple[str, ...], label: str) -> _Settings:
        return self.found.setdefault(where, _Settings(label))


def _string(match: re.Match[str]) -> Text:
    """The text between the quotes, with holes for what Nix would put in."""
    quotes = 2 if match.lastgroup == "indented" else 1
    start, body = match.start() + quotes, match[0][quotes:]
    if body.endswith(match[0][:quotes]):
        body = body[:-quotes]
    text = Text()
    at = 0
    for hole in _INTERPOLATED.finditer(body):
        text.add(body[at : hole.start()], start + at)
        text.add(HOLE, start + hole.start())
        text.add(HOLE, start + hole.end() - 1)
        at = hole.end()
    rest = body[at:]
    while "\\" in rest and quotes == 1:
        before, _, rest = rest.partition("\\")
        text.add(before, start + at)
        text.add(rest[:1], start + at + len(before) + 1)
        at += len(before) + 2
        rest = rest[1:]
    text.add(rest, start + at)
    return text


def nix(source: Source) -> list[FoundLine]:
    """What the file sets of `virtualisation.xen` as parameters: a line of all there is.

    A specialisation, which is another system, has one of its own.
    """
    found = ((settings, settings.finish()) for settings in _Reader(source).found.values())
    return [line.line("nix", settings.label, "x86") for settings, line in found if line.chars]


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {"nix": nix}
