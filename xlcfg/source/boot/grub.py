"""GRUB's files: /etc/default/grub, which is shell, grub.cfg, which nearly is, and menu.lst."""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, LONGEST, FileProblem, FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xlcfg.core.source import Source

    Command = list[Text]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])|\{([^}\n]{0,400})\})")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")


class _Shell:
    """Splits text into commands, each a list of words with quotes gone and variables expanded."""

    def __init__(self, source: Source, kind: str) -> None:
        self.text = source.text
        self.kind = kind
        self.at = 0
        self.variables: dict[str, Text] = {}
        #: variables set to different values in different places: only GRUB knows which holds
        self.unsettled: set[str] = set()
        #: how many characters may still come from variables: they can hold each other
        self.budget = 16 * LONGEST
        #: places of quotes that the file ends in, and of those that a line ends in
        self.unclosed: list[int] = []
        self.running_on: list[int] = []

    def commands(self) -> Iterator[Command]:
        """Each command as soon as it ends, so that its assignments hold for the next."""
        command: Command = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r":
                self.at += 1
            elif char == "\\" and self.text[self.at + 1 : self.at + 2] == "\n":
                self.at += 2
            elif char in "\n;&|":
                self.at += 1
                if command:
                    yield command
                command = []
            elif char == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                command.append(self.word())
        if command:
            yield command

    def word(self) -> Text:
        """The word that begins here."""
        word = Text()
        text = self.text
        while self.at < len(text) and text[self.at] not in " \t\r\n;&|":
            char = text[self.at]
            if char == "'":
                start = self.at
                end = text.find("'", start + 1)
                if end < 0:
                    self.unclosed.append(start)
                    end = len(text)
                word.add(text[start + 1 : end], start + 1)
                self.at = end + 1
                self.quoted(start, end)
            elif char == '"':
                start = self.at
                self.at += 1
                self.double(word)
                if self.at > len(text):
                    self.unclosed.append(start)
                self.quoted(start, self.at - 1)
            elif char == "\\":
                if text[self.at + 1 : self.at + 2] != "\n":
                    word.add(text[self.at + 1 : self.at + 2], self.at + 1)
                self.at += 2
            elif char in "$`":
                self.expand(word)
            else:
                end = self.at + 1
                while end < len(text) and text[end] not in " \t\r\n;&|'\"\\$`":
                    end += 1
                word.add(text[self.at : end], self.at)
                self.at = end
        return word

    def quoted(self, start: int, end: int) -> None:
        """Notes a string whose first line ends before it, with an assignment on the next one."""
        after = self.text.find("\n", start, end)
        if after >= 0 and _ASSIGNMENT.match(self.text, after + 1):
            self.running_on.append(start)

    def double(self, word: Text) -> None:
        """The rest of a string in double quotes, to its closing quote."""
        text = self.text
        while self.at < len(text) and text[self.at] != '"':
            char = text[self.at]
            after = text[self.at + 1 : self.at + 2]
            if char == "\\" and after and after in '"\\$`\n':
                if after != "\n":
                    word.add(after, self.at + 1)
                self.at += 2
            elif char in "$`":
                self.expand(word)
            else:
                end = self.at + 1
                while end < len(text) and text[end] not in '"\\$`':
                    end += 1
                word.add(text[self.at : end], self.at)
                self.at = end
        self.at += 1

    def expand(self, word: Text) -> None:
        """A variable the file has set, or a hole for what it has not and for commands."""
        start = self.at
        match = _VARIABLE.match(self.text, start)
        if match is not None:
            self.at = match.end()
            name = match[1] or match[2]
            value = self.variables.get(name)
            if value is None or name in self.unsettled or self.budget < len(value.chars):
                self.hole(word, start)
            else:
                self.budget -= len(value.chars)
                word.extend(value)
            return
        char = self.text[start]
        if char == "`" or self.text.startswith("$(", start):
            end = self.text.find("`" if char == "`" else ")", start + 1)
            if end < 0:
                self.unclosed.append(start)
            self.at = len(self.text) if end < 0 else end + 1
            self.hole(word, start)
        else:
            self.at = start + 1
            word.add(char, start)

    def hole(self, word: Text, start: int) -> None:
        """Marks both ends of what was not expanded."""
        word.add(HOLE, start)
        word.add(HOLE, self.at - 1)

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
    shell = _Shell(source, "grub-default")
    for command in shell.commands():
        words = command[1:] if str(command[0]) in ("export", "then", "else", "do") else command
        for word in words:
            if not shell.assign(word):
                break
    names = [n for n in ("GRUB_CMDLINE_XEN", "GRUB_CMDLINE_XEN_DEFAULT") if n in shell.variables]
    line = Text()
    for name in names:
        value = shell.variables[name]
        if line.chars and value.chars:
            line.add(" ", line.places[-1] + 1)
        line.extend(value)
    return [line.line("grub-default", " ".join(names))] if names else []


def problems(source: Source) -> list[FileProblem]:
    """Settings that set nothing, or the quote that is never closed: `sh` reads no such file.

    One that is missing turns every later one around, so that the shell finds the last one open. The
    first that swallows the next assignment is the one that was meant to end.
    """
    shell = _Shell(source, "grub-default")
    found = [problem for command in shell.commands() for problem in _not_set(command)]
    if not shell.unclosed:
        return found
    at = min((*shell.running_on, *shell.unclosed))
    quote = "$(" if source.text[at] == "$" else source.text[at]
    return [FileProblem("open-quote", at, at + 1, {"quote": quote}, fatal=True)]


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
    shell = _Shell(source, "grub-cfg")
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
            line.extend(word)
            line.add('"', word.places[-1] + 1)
        else:
            line.extend(word)
    return line


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
    shell = _Shell(source, "script")
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
