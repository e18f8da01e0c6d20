"""GRUB's files: /etc/default/grub, which is shell, grub.cfg, which nearly is, and menu.lst."""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, LONGEST, FileProblem, FoundLine, Text
from xlcfg.source.shell import BLANKS_AND_SEPARATORS, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xlcfg.core.source import Source

    Command = list[Text]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])|\{([^}\n]{0,400})\})")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")


class _Shell(Words):
    """Splits text into commands, each a list of words with quotes gone and variables expanded.

    `grub` says that it is GRUB's own language, in which a "`" is a character like any other.
    """

    def __init__(
        self,
        text: str,
        places: list[int] | None = None,
        *,
        grub: bool = False,
        ends: str = BLANKS_AND_SEPARATORS,
    ) -> None:
        super().__init__(text, places, ends)
        self.grub = grub
        self.variables: dict[str, Text] = {}
        #: variables set to different values in different places: only GRUB knows which holds
        self.unsettled: set[str] = set()
        #: how many characters may still come from variables: they can hold each other
        self.budget = 16 * LONGEST
        #: places of quotes that the file ends in, and of those that a line ends in
        self.open: list[int] = []
        self.running_on: list[int] = []
        #: variables that the text does not set, with where they are asked for
        self.asked: list[tuple[str, tuple[int, int]]] = []

    def commands(self) -> Iterator[Command]:
        """Each command as soon as it ends, so that its assignments hold for the next."""
        command: Command = []
        while self.at < len(self.text):
            if self.skipped():
                continue
            if self.text[self.at] in self._ends:
                self.at += 1
                if command:
                    yield command
                command = []
            else:
                command.append(self.word())
        if command:
            yield command

    def unclosed(self, _quote: str, start: int) -> None:
        self.open.append(start)

    def quoted(self, start: int, end: int) -> None:
        """Notes a string whose first line ends before it, with an assignment on the next one."""
        after = self.text.find("\n", start, end)
        if after >= 0 and _ASSIGNMENT.match(self.text, after + 1):
            self.running_on.append(start)

    def expand(self, word: Text) -> None:
        """A variable the file has set, or a hole for what it has not and for commands."""
        start = self.at
        match = _VARIABLE.match(self.text, start)
        if match is not None:
            self.at = match.end()
            name = match[1] or match[2]
            value = self.variables.get(name)
            if value is None or name in self.unsettled or self.budget < len(value.chars):
                self.asked.append((name, (self.place(start), self.place(self.at - 1) + 1)))
                self.hole(word, start)
            else:
                self.budget -= len(value.chars)
                word.extend(value)
            return
        char = self.text[start]
        if (char == "`" and not self.grub) or self.text.startswith("$(", start):
            end = self.text.find("`" if char == "`" else ")", start + 1)
            if end < 0:
                self.open.append(start)
            self.at = len(self.text) if end < 0 else end + 1
            self.hole(word, start)
        else:
            self.at = start + 1
            self.put(word, start, start + 1)

    def assign(self, word: Text) -> bool:
        """Keep `NAME=value` or `NAME+=value`; whether it was one."""
        match = _ASSIGNMENT.match(str(word))
        if match is None:
            return False
        value = Text()
        if match[2] and match[1] in self.variables:
            value.extend(self.variables[match[1]])
        value.chars += word.chars[match.end() :]
        value.places += word.places[match.end() :]
        self.variables[match[1]] = value
        return True


def default(source: Source) -> list[FoundLine]:
    """The line of the normal menu entries: GRUB_CMDLINE_XEN, then GRUB_CMDLINE_XEN_DEFAULT."""
    shell = _Shell(source.text)
    for command in shell.commands():
        _set(shell, command)
    value, names = _value(shell)
    line = _joined(_in_menu(value)[0])
    return [line.line("grub-default", " ".join(names))] if names else []


def _set(shell: _Shell, command: Command) -> None:
    """Keeps what a command sets for itself and all that follow."""
    words = command[1:] if str(command[0]) in ("export", "then", "else", "do") else command
    for word in words:
        if not shell.assign(word):
            break


def _value(shell: _Shell) -> tuple[Text, list[str]]:
    """What grub-mkconfig puts into grub.cfg behind the name of Xen, and the settings it is from."""
    settings: tuple[str, ...] = ("GRUB_CMDLINE_XEN", "GRUB_CMDLINE_XEN_DEFAULT")
    names = [name for name in settings if name in shell.variables]
    line = Text()
    for name in names:
        value = shell.variables[name]
        if line.chars and value.chars:
            line.add(" ", line.places[-1] + 1)
        line.extend(value)
    return line, names


def _in_menu(value: Text) -> tuple[Command, list[FileProblem]]:
    """The words that GRUB finds in a value of /etc/default/grub, and what it takes otherwise.

    The value stands in grub.cfg as it is, so that GRUB reads it as text of its own language: a line
    end or `;` ends the command, quotes and backslashes go, variables are GRUB's.
    """
    shell = _Shell(str(value), value.places, grub=True, ends=" \t\r\n;&|<>{}")
    words: Command = []
    problem = None
    while shell.at < len(shell.text) and problem is None:
        start, char = shell.at, shell.text[shell.at]
        if char == "#":
            problem = FileProblem("line-cut", *shell.span(start), {"run": "#"})
        elif shell.skipped():
            continue
        elif char in "&|<>{}":
            problem = FileProblem("value-refused", *shell.span(start), {"part": char})
        elif char in "\n;":
            break
        else:
            word = shell.word()
            if shell.open:
                start = shell.open[0]
                facts = {"part": shell.text[start]}
                problem = FileProblem("value-refused", *shell.span(start), facts)
            else:
                words.append(word)
    found = [FileProblem("value-variable", *place, {"name": name}) for name, place in shell.asked]
    if problem is None:
        problem = _cut_off(shell)
    return words, found if problem is None else [*found, problem]


def _cut_off(shell: _Shell) -> FileProblem | None:
    """The first word behind the end of the command, if there is one."""
    rest = next((word for command in shell.commands() for word in command), None)
    if rest is None or not rest.places or HOLE in str(rest):
        return None
    return FileProblem("line-cut", rest.places[0], rest.places[-1] + 1, {"run": str(rest)})


def problems(source: Source) -> list[FileProblem]:
    """Settings that set nothing, or the quote that is never closed: `sh` reads no such file.

    One that is missing turns every later one around, so that the shell finds the last one open. The
    first that swallows the next assignment is the one that was meant to end.
    """
    shell = _Shell(source.text)
    found: list[FileProblem] = []
    for command in shell.commands():
        found += _not_set(command)
        _set(shell, command)
    if shell.open:
        at = min((*shell.running_on, *shell.open))
        quote = "$(" if source.text[at] == "$" else source.text[at]
        return [FileProblem("open-quote", at, at + 1, {"quote": quote}, fatal=True)]
    return found + _in_menu(_value(shell)[0])[1]


def _not_set(command: Command) -> Iterator[FileProblem]:
    """A setting of GRUB's that the shell takes for a command, or for the environment of one."""
    words = command[1:] if str(command[0]) in ("then", "else", "do") else command
    at, name, match = 0, "", None
    while at < len(words):
        match = _ASSIGNMENT.match(str(words[at]))
        if match is None:
            break
        if name.startswith("GRUB_CMDLINE") and not match[1].startswith("GRUB_"):
            args = {"name": name, "run": match[1]}
            yield FileProblem("value-split", *words[at].span(), args)
            break
        name, at = name or match[1], at + 1
    rest = [word for word in words[at:] if word.places]
    if not rest or match is not None:
        return
    run, (start, end) = str(rest[0]), rest[0].span()
    if at == 0:
        if run.startswith("GRUB_") and len(rest) > 1 and str(rest[1]).startswith("="):
            yield FileProblem("blank-before-value", start, end, {"name": run})
    elif name.startswith("GRUB_") and HOLE not in run:
        yield FileProblem("value-ends", start, end, {"name": name, "run": run})


def cfg(source: Source) -> list[FoundLine]:
    """The lines of grub.cfg.

    GRUB hands over the words joined by one space and puts quotes around a word with a space in it.
    A variable set differently in two places counts as not set.
    """
    found: list[FoundLine] = []
    shell = _Shell(source.text, grub=True)
    titles: list[str] = []
    for command in shell.commands():
        while command and str(command[0]) in ("}", "then", "else", "do"):
            if str(command[0]) == "}" and titles:
                titles.pop()
            command = command[1:]
        if not command:
            continue
        name = str(command[0])
        if str(command[-1]) == "{":
            title = str(command[1]) if name in ("menuentry", "submenu") and command[1:] else ""
            titles.append(title.replace(HOLE, "?"))
        elif name in ("multiboot", "multiboot2", "xen_hypervisor"):
            words = command[1:]
            while words and str(words[0]).startswith("--"):
                words = words[1:]
            if words and "xen" in str(words[0]).rsplit("/", 1)[-1].lower():
                arch = "arm64" if name == "xen_hypervisor" else "x86"
                label = next((title for title in reversed(titles) if title), "")
                found.append(_joined(words[1:]).line("grub-cfg", label, arch))
        elif name in ("set", "export") or _ASSIGNMENT.match(name):
            for word in command[1:] if name in ("set", "export") else command[:1]:
                _assign_once(shell, word)
    return found


def _assign_once(shell: _Shell, word: Text) -> None:
    """Keeps an assignment, and notes a variable that had another value before."""
    match = _ASSIGNMENT.match(str(word))
    if match is None:
        return
    before = shell.variables.get(match[1])
    shell.assign(word)
    if before is not None and str(before) != str(shell.variables[match[1]]):
        shell.unsettled.add(match[1])


def _joined(words: Command) -> Text:
    """Words as one line, as GRUB hands them over."""
    line = Text()
    for word in words:
        if line.chars:
            line.add(" ", line.places[-1] + 1)
        text = str(word)
        # A variable may hold several words and GRUB splits it, so holes alone need no quotes.
        if " " in text:
            line.add('"', max(word.places[0] - 1, 0))
            _protected(line, word)
            line.add('"', word.places[-1] + 1)
        else:
            _protected(line, word)
    return line


def _protected(line: Text, word: Text) -> None:
    """Append a word with the backslash that GRUB puts before each quote and backslash in it."""
    text = str(word)
    if not _NEEDS_BACKSLASH.search(text):
        line.extend(word)
        return
    for match in _PIECE.finditer(text):
        start, end = match.span()
        if _NEEDS_BACKSLASH.match(match[0]):
            line.add("\\", word.places[start])
        line.extend(word, start, end)


_NEEDS_BACKSLASH = re.compile(r"(?!\\x[0-9A-Fa-f]{2})[\\'\"]")
_PIECE = re.compile(r"\\x[0-9A-Fa-f]{2}|[\\'\"]|[^\\'\"]+")


_LEGACY = re.compile(r"^[ \t]*(title|kernel)(?:[ \t]+|[ \t]*=[ \t]*)([^\n]*)", re.MULTILINE)


def legacy(source: Source) -> list[FoundLine]:
    """The `kernel` lines of menu.lst whose image is Xen, without options for GRUB itself."""
    found: list[FoundLine] = []
    title = ""
    for match in _LEGACY.finditer(source.text):
        rest = match[2].rstrip("\r")
        if match[1] == "title":
            title = rest.strip()
            continue
        start = match.start(2)
        words = re.match(r"(?:--\S+[ \t]+)*(\S+)[ \t]*", rest)
        if words is not None and "xen" in words[1].rsplit("/", 1)[-1].lower():
            line = Text()
            line.add(rest[words.end() :], start + words.end())
            found.append(line.line("grub-legacy", title, "x86"))
    return found


def shell_commands(source: Source) -> Iterator[Command]:
    """Each command of a script: words with quotes gone, and variables where the file sets them."""
    shell = _Shell(source.text)
    for command in shell.commands():
        for word in command:
            if _ASSIGNMENT.match(str(word)) is None:
                break
            _assign_once(shell, word)
        yield command


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {
    "grub-default": default,
    "grub-cfg": cfg,
    "grub-legacy": legacy,
}
