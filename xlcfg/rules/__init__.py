"""Rules: one file each, in a folder per family. CONTRIBUTING.md says how to add one.

`syntax/` pages what the reader reports, `keys/` checks names, `runstate/` the runstate ABI.
A file is named after its code: `keys/xl101_unknown_key.py`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

#: Families whose files have a `check`; in the others some other part reports what they describe.
CHECKED = ("keys", "runstate")

_HERE = os.path.dirname(__file__)


def load() -> list[ModuleType]:
    """The rules that check guests."""
    from importlib import import_module

    modules = [import_module(name) for family in CHECKED for _, name in _files(family)]
    return [module for module in modules if hasattr(module, "check")]


def codes() -> dict[str, str]:
    """Every code with a page, and the module that holds it; nothing is imported."""
    return {
        code: name
        for family in sorted(os.listdir(_HERE))
        if os.path.isdir(os.path.join(_HERE, family))
        for code, name in _files(family)
    }


def _files(family: str) -> list[tuple[str, str]]:
    return [
        (entry.partition("_")[0].upper(), f"xlcfg.rules.{family}.{entry[:-3]}")
        for entry in sorted(os.listdir(os.path.join(_HERE, family)))
        if entry.endswith(".py") and entry[0] != "_"
    ]
