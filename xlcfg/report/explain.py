"""`xlcfg explain`: the page of a code is the docstring of the module named after it."""

from __future__ import annotations

import textwrap
from importlib import import_module

from xlcfg.rules._index import CODES


def page(code: str) -> str | None:
    """The page of a code, or None when no rule has it."""
    found = CODES.get(code.upper())
    if found is None:
        return None
    module, name, _ = found
    head = f"{code.upper()} ({name})"
    text = textwrap.dedent(import_module(module).__doc__ or "").strip()
    return f"{head}\n{'=' * len(head)}\n\n{text}\n"


def index() -> str:
    """Every code with its one line."""
    return "".join(f"{code}  {name}: {said}\n" for code, (_, name, said) in CODES.items())
