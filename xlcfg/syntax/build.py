"""Lets Lark compile `grammars/*.lark` into the table modules the readers run on.

    python -m xlcfg.syntax.build           write xlcfg/syntax/tables/*.py anew
    python -m xlcfg.syntax.build --check   exit 1 when one of them is not what its grammar gives

Importing Lark and analysing a grammar costs several times what reading a config does, so both
happen here, once, and the result is Python literals.  Lark stays the only author of the tables:
the LALR(1) automaton, the terminals and their patterns all come from `Lark.save`.  On top of it,
three things are precomputed that no input can change:

* states are renumbered in the order a walk from the start state meets them, so that the same
  grammar always gives the same file;
* a state whose every action is the same reduction reduces without looking at the next token
  (bison's default reduction), which also is when libxlutil's own parser acts;
* a reduction by a one-symbol rule without an action is folded into the step that led to it.
"""

from __future__ import annotations

import io
import pickle
import re
import sys
from pathlib import Path
from typing import Any

from xlcfg.generated import keep
from xlcfg.syntax.grammars import GRAMMARS, grammar_path

TABLES = Path(__file__).parent / "tables"


def compile_grammar(name: str) -> str:
    """The source text of the table module for `grammars/<name>.lark`."""
    from lark import Lark

    text = grammar_path(name).read_text(encoding="utf-8")
    lark = Lark(
        text, parser="lalr", lexer="basic", start=GRAMMARS[name], keep_all_tokens=True, strict=False
    )
    buffer = io.BytesIO()
    lark.save(buffer)
    buffer.seek(0)
    saved = pickle.load(buffer)
    return _Compiler(name, saved["data"], saved["memo"]).module()


class _Compiler:
    def __init__(self, name: str, data: dict[str, Any], memo: dict[int, Any]) -> None:
        self.name = name
        table = data["parser"]["parser"]
        self.ignored = set(data["parser"]["lexer_conf"]["ignore"])
        token_names: dict[int, str] = table["tokens"]
        (self.start,) = table["start_states"].values()
        (self.end,) = table["end_states"].values()
        self.rules: list[dict[str, Any]] = [memo[r["@"]] for r in data["rules"]]
        rule_index = {r["@"]: i for i, r in enumerate(data["rules"])}
        # states: {state: {symbol name: ("s", state) | ("r", rule index)}}
        self.states: dict[int, dict[str, tuple[str, int]]] = {}
        for state, row in table["states"].items():
            out: dict[str, tuple[str, int]] = {}
            for token, (kind, arg) in row.items():
                symbol = token_names[token]
                out[symbol] = ("s", arg) if kind == 0 else ("r", rule_index[arg["@"]])
            self.states[state] = out
        self.patterns: dict[str, str] = {}
        for entry in memo.values():
            if entry["__type__"] == "TerminalDef":
                pattern = entry["pattern"]
                value = pattern["value"]
                if pattern["__type__"] == "PatternStr":
                    value = re.escape(value)
                self.patterns[entry["name"]] = value
        self.tokens = {*self.patterns, "$END"}
        self.literals = {
            entry["name"]: entry["pattern"]["value"]
            for entry in memo.values()
            if entry["__type__"] == "TerminalDef" and entry["pattern"]["__type__"] == "PatternStr"
        }
        self.nonterminals = sorted({r["origin"]["name"] for r in self.rules})

    def _renumber(self) -> dict[int, int]:
        order = [self.start]
        seen = {self.start}
        for state in order:
            for _, (kind, arg) in sorted(self.states[state].items()):
                if kind == "s" and arg not in seen:
                    seen.add(arg)
                    order.append(arg)
        return {old: new for new, old in enumerate(order)}

    def _passes_on(self, rule: int) -> bool:
        return len(self.rules[rule]["expansion"]) == 1 and not self.rules[rule]["alias"]

    def _default(self, state: int) -> int | None:
        """The rule that `state` reduces by whatever comes next, if there is one."""
        if state == self.end:
            return None
        actions = {a for symbol, a in self.states[state].items() if symbol in self.tokens}
        if len(actions) == 1:
            ((kind, rule),) = actions
            if kind == "r":
                return rule
        return None

    def _follow(self, below: int, state: int) -> int:
        """Where a step from `below` into `state` ends up once one-symbol rules are folded."""
        while True:
            rule = self._default(state)
            if rule is None or not self._passes_on(rule):
                return state
            state = self.states[below][self.rules[rule]["origin"]["name"]][1]

    def module(self) -> str:
        """The source of the table module."""
        number = self._renumber()
        # Literal terminals first, patterns in the order of the grammar; what is ignored has no
        # number because it never reaches the tables.
        names = [n for n in self.patterns if n not in self.ignored]
        terminals = {n: i for i, n in enumerate(names, start=1)}
        terminals["$END"] = 0
        nonterminals = {n: i for i, n in enumerate(self.nonterminals)}
        actions: list[tuple[int, ...]] = []
        gotos: list[tuple[int, ...]] = []
        defaults: list[int] = []
        for old in sorted(number, key=lambda s: number[s]):
            row = [0] * len(terminals)
            goto = [0] * len(nonterminals)
            for symbol, (kind, arg) in self.states[old].items():
                if kind == "r":
                    row[terminals[symbol]] = -1 - arg
                elif symbol in terminals:
                    row[terminals[symbol]] = number[self._follow(old, arg)]
                else:
                    goto[nonterminals[symbol]] = number[self._follow(old, arg)]
            actions.append(tuple(row))
            gotos.append(tuple(goto))
            default = self._default(old)
            defaults.append(-1 if default is None else default)
        rules = [
            (
                nonterminals[r["origin"]["name"]],
                len(r["expansion"]),
                str(r["alias"] or ""),
            )
            for r in self.rules
        ]
        labels = {n: self.literals.get(n, n) for n in names}
        lines = [
            f'"""LALR tables of grammars/{self.name}.lark, written by xlcfg.syntax.build."""',
            "",
            "from __future__ import annotations",
            "",
            f"TERMINALS = {('$END', *names)!r}",
            f"LABELS = {('$END', *(labels[n] for n in names))!r}",
            f"PATTERNS = {('', *(self.patterns[n] for n in names))!r}",
            f"IGNORED = {tuple(self.patterns[n] for n in self.patterns if n in self.ignored)!r}",
            f"NONTERMINALS = {tuple(map(str, self.nonterminals))!r}",
            f"START = {number[self.start]}",
            f"END = {number[self.end]}",
            "# (left-hand side, length, action name) of each rule",
            _literal("RULES", "tuple[int, int, str]", rules),
            "# rule that a state reduces by without looking ahead, or -1",
            f"DEFAULTS: tuple[int, ...] = {tuple(defaults)!r}",
            "# per state and terminal: a state to shift into, -1 - rule to reduce by, 0: error",
            _literal("ACTIONS", "tuple[int, ...]", actions),
            "# per state and nonterminal: the state to go on in",
            _literal("GOTOS", "tuple[int, ...]", gotos),
        ]
        return "\n".join(lines) + "\n"


def _literal(name: str, kind: str, rows: list[Any]) -> str:
    # its type is said, for the inferred one would have a part for each number
    return f"{name}: tuple[{kind}, ...] = (\n" + "".join(f"    {row!r},\n" for row in rows) + ")"


def main(argv: list[str] | None = None) -> int:
    """Write every table module, or with `--check` compare them; 1 when one is stale."""
    tables = {TABLES / f"{name}.py": compile_grammar(name) for name in GRAMMARS}
    return keep(tables, "python -m xlcfg.syntax.build", argv)


if __name__ == "__main__":
    sys.exit(main())
