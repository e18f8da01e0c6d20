"""Where the `.lark` files are, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

#: grammar name -> start symbol
GRAMMARS = {"xl_cfg": "file", "xen_cmdline": "line"}


def grammar_path(name: str) -> Path:
    """The file of grammar `name`; FileNotFoundError when it is in neither place."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "grammars", package.parent / "grammars"):
        path = folder / f"{name}.lark"
        if path.is_file():
            return path
    raise FileNotFoundError(f"grammar {name}.lark is neither in the package nor beside it")
