"""Values that everybody may import and that import nobody."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def load_module(name: str) -> ModuleType:
    """The module of a dotted name, imported if need be.

    As `importlib.import_module`, which brings the packages importlib and warnings: a tenth of what
    an empty Python takes to start.
    """
    __import__(name)
    return sys.modules[name]
