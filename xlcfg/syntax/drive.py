"""Drives the table modules that `xlcfg.syntax.build` writes, for grammars that need no speed.

`xlcfg.syntax.guest` has this loop unrolled together with its actions; short inputs use this one.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    #: (name of the rule, what its symbols stand for, where its text ends) -> what it stands for
    Action = Callable[[str, list[Any], int], Any]


def scanner(tables: ModuleType) -> re.Pattern[str]:
    """One pattern for all terminals; the number of the group that matched is the terminal's."""
    return re.compile("|".join(f"({pattern})" for pattern in tables.PATTERNS[1:]))


def drive(tables: ModuleType, tokens: re.Pattern[str], text: str, act: Action) -> Any:
    """What the start symbol stands for after parsing `text`; ValueError where that cannot be done.

    A terminal stands for its `(start, end)`, a rule without an action for its first symbol's value.
    """
    state = tables.START
    states = [state]
    values: list[Any] = [None]
    at = 0
    size = len(text)
    while True:
        if at < size:
            match = tokens.match(text, at)
            if match is None or match.end() == at:
                raise ValueError(f"no token at {at}")
            token: int = match.lastindex  # type: ignore[assignment]
            stop = match.end()
        else:
            token, stop = 0, size
        while True:
            rule = tables.DEFAULTS[state]
            if rule < 0:
                action = tables.ACTIONS[state][token]
                if action >= 0:
                    break
                rule = -1 - action
            target, length, name = tables.RULES[rule]
            taken = values[len(values) - length :]
            result = taken[0] if taken else None
            if name:
                result = act(name, taken, at)
            del states[len(states) - length :]
            del values[len(values) - length :]
            state = tables.GOTOS[states[-1]][target]
            states.append(state)
            values.append(result)
        if action == 0:
            if token == 0 and state == tables.END:
                return values[-1]
            raise ValueError(f"no {tables.LABELS[token]} expected at {at}")
        states.append(action)
        values.append((at, stop))
        state, at = action, stop
