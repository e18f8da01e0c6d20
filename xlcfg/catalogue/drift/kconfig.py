"""Which build options an architecture can have: "never", "maybe" or "always", as numbers 0 to 2.

Symbols of Kconfig and conditions of C are both expressions over them. A symbol that nobody defines
for an architecture is never set; what is no symbol (a comparison, a macro) may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

NEVER, MAYBE, ALWAYS = 0, 1, 2

#: an architecture of the catalogue: its folder, and what holds for it
ARCHES = {
    "x86": ("x86", {"X86": ALWAYS, "X86_64": ALWAYS}),
    "arm32": ("arm", {"ARM": ALWAYS, "ARM_32": ALWAYS, "ARM_64": NEVER}),
    "arm64": ("arm", {"ARM": ALWAYS, "ARM_64": ALWAYS, "ARM_32": NEVER}),
    "riscv": ("riscv", {"RISCV": ALWAYS, "RISCV_64": ALWAYS}),
}
#: symbols whose definition is a question to whoever builds
_ASKED = ("EXPERT", "UNSUPPORTED", "DEBUG", "COVERAGE")
_TOKEN = re.compile(r'\s*(&&|\|\||[!=<>]=|[!()<>=]|"[^"]*"|\$\([^)]*\)|[\w.]+|\S)')


class _Symbol(NamedTuple):
    """Expressions of one symbol, each text empty for none: prompts, defaults, dependencies."""

    prompts: list[str]
    defaults: list[tuple[str, str]]
    depends: list[str]
    selects: list[tuple[str, str]]


class Options:
    """The build options of one architecture in a tree."""

    def __init__(self, tree: Path, arch: str) -> None:
        folder, fixed = ARCHES[arch]
        self.fixed = fixed
        self.symbols: dict[str, list[_Symbol]] = {}
        for path in sorted((tree / "xen").rglob("Kconfig*")):
            parts = path.relative_to(tree).parts
            if parts[1] != "arch" or parts[2] == folder:
                self.read(path.read_text(encoding="utf-8", errors="replace"))
        self.values: dict[str, int] = {}
        if self.symbols:
            self.settle()

    def read(self, text: str) -> None:
        """The symbols of one file, with the conditions of the blocks they stand in."""
        blocks: list[list[str]] = []
        symbol: _Symbol | None = None
        for line in text.replace("\\\n", " ").split("\n"):
            word, _, rest = line.strip().partition(" ")
            rest = rest.split(" #")[0].strip()
            if word in ("config", "menuconfig"):
                symbol = _Symbol([], [], [part for block in blocks for part in block], [])
                self.symbols.setdefault(rest, []).append(symbol)
            elif word in ("if", "menu", "choice"):
                blocks.append([rest] if word == "if" else [])
                symbol = None
            elif word in ("endif", "endmenu", "endchoice"):
                if blocks:
                    blocks.pop()
                symbol = None
            elif word == "depends" and symbol is None and blocks:
                blocks[-1].append(rest.removeprefix("on "))
            elif symbol is not None:
                _attribute(symbol, word, rest)

    def settle(self) -> None:
        """Works the values out: each round knows what the one before found."""
        self.values = dict.fromkeys(self.symbols, NEVER) | self.fixed
        for _ in range(12):
            before = dict(self.values)
            chosen: dict[str, int] = {}
            for name, symbols in self.symbols.items():
                for symbol in symbols:
                    for other, condition in symbol.selects:
                        value = min(before[name], self.expression(condition))
                        chosen[other] = max(chosen.get(other, NEVER), value)
            for name, symbols in self.symbols.items():
                if name not in self.fixed:
                    own = max(self.own(symbol) for symbol in symbols)
                    self.values[name] = max(own, chosen.get(name, NEVER))
            if self.values == before:
                return

    def own(self, symbol: _Symbol) -> int:
        """What a symbol is without being selected."""
        value = NEVER
        for default, condition in symbol.defaults:
            value = max(value, min(self.expression(default), self.expression(condition)))
        asked = max((self.expression(prompt) for prompt in symbol.prompts), default=NEVER)
        if asked:
            value = MAYBE
        needs = min((self.expression(text) for text in symbol.depends), default=ALWAYS)
        return min(value, needs)

    def value(self, name: str) -> int:
        """Whether a symbol (without CONFIG_) can be set."""
        if name in self.fixed:
            return self.fixed[name]
        if name in _ASKED or not self.symbols:
            return MAYBE
        return self.values.get(name, NEVER)

    def expression(self, text: str) -> int:
        """The value of an expression of Kconfig; the empty one always holds."""
        return _Expression(text, self._of_kconfig).value() if text else ALWAYS

    def condition(self, text: str) -> int:
        """The value of a condition of C."""
        return _Expression(text, self._of_c).value()

    def _of_kconfig(self, word: str) -> int:
        return {"y": ALWAYS, "n": NEVER, "m": MAYBE}.get(word, self.value(word))

    def _of_c(self, word: str) -> int:
        if word.startswith("CONFIG_"):
            return self.value(word.removeprefix("CONFIG_"))
        return {"0": NEVER, "1": ALWAYS}.get(word, MAYBE)


def _attribute(symbol: _Symbol, word: str, rest: str) -> None:
    """Adds one line of a symbol's definition."""
    text, _, condition = rest.partition(" if ")
    if word in ("bool", "tristate", "string", "int", "hex", "prompt"):
        if text:
            symbol.prompts.append(condition)
    elif word in ("def_bool", "default", "def_tristate"):
        symbol.defaults.append((text, condition))
    elif word == "depends":
        symbol.depends.append(rest.removeprefix("on "))
    elif word in ("select", "imply"):
        symbol.selects.append((text, condition))


class _Expression:
    def __init__(self, text: str, word: Callable[[str], int]) -> None:
        self.tokens = _TOKEN.findall(text)
        self.word = word
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def value(self) -> int:
        """Terms joined by ||."""
        value = self.conjunction()
        while self.peek() == "||":
            self.next()
            value = max(value, self.conjunction())
        return value

    def conjunction(self) -> int:
        value = self.comparison()
        while self.peek() == "&&":
            self.next()
            value = min(value, self.comparison())
        return value

    def comparison(self) -> int:
        """A term; one that is compared with something may be anything."""
        value = self.term()
        if self.peek() in ("=", "==", "!=", "<", ">", "<=", ">="):
            self.next()
            self.term()
            value = MAYBE
        while self.at < len(self.tokens) and self.peek() not in ("&&", "||", ")"):
            self.next()
            value = MAYBE
        return value

    def term(self) -> int:
        token = self.next()
        if token == "!":
            return ALWAYS - self.term()
        if token == "(":
            value = self.value()
            self.next()
            return value
        if token in ("defined", "IS_ENABLED") and self.peek() == "(":
            return self.term()
        if token == "defined":
            return self.term()
        return self.word(token) if re.match(r"\w", token) else MAYBE
