"""`xlcfg explain`: the page of a code is the docstring of the module named after it."""

from __future__ import annotations

import textwrap
from importlib import import_module
from typing import Any

from xlcfg.hooks import Hooks
from xlcfg.rules._index import CODES


def page(code: str) -> str | None:
    """The page of a code, or None when no rule has it."""
    code = code.upper()
    if code in CODES:
        module, name, _ = CODES[code]
        doc = import_module(module).__doc__
    else:
        rule = contributed().get(code)
        if rule is None:
            return None
        name, doc = rule.NAME, rule.__doc__
    head = f"{code} ({name})"
    text = textwrap.dedent(doc or "").strip()
    return f"{head}\n{'=' * len(head)}\n\n{text}\n"


def index() -> str:
    """Every code with its one line."""
    lines = [f"{code}  {name}: {said}\n" for code, (_, name, said) in CODES.items()]
    lines += [
        f"{code}  {rule.NAME}: {rule.SUMMARY}\n" for code, rule in sorted(contributed().items())
    ]
    return "".join(lines)


def contributed() -> dict[str, Any]:
    """The rules of the other toolstacks and of plugins, by code."""
    hooks = Hooks()
    hooks.meet_all()
    rules = [rule for answer in hooks.all("xlcfg_rules") for rule in answer]
    return {rule.CODE: rule for rule in rules if len(rule.CODE) == 5 and rule.CODE not in CODES}
