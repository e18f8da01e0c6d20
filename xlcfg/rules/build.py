"""Writes `xlcfg/rules/_index.py`: every code with its page, every kind of outcome with its code.

    python -m xlcfg.rules.build           write it anew
    python -m xlcfg.rules.build --check   exit 1 when it is stale

The pages are the source; the index saves a run from importing them all to find one.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from xlcfg.generated import keep
from xlcfg.rules import families, files

INDEX = Path(__file__).parent / "_index.py"


def text() -> str:
    """The source of the index module."""
    codes: list[str] = []
    kinds: dict[str, str] = {}
    for family in families():
        for code, name in files(family):
            module = import_module(name)
            if code != module.CODE:
                raise ValueError(f"{name} holds {module.CODE}")
            codes.append(f"    {code!r}: {(name, module.NAME, module.SUMMARY)!r},\n")
            for kind in getattr(module, "KINDS", ()):
                if kind in kinds:
                    raise ValueError(f"{kind} belongs to {kinds[kind]} and {code}")
                kinds[kind] = code
    lines = "".join(f"    {kind!r}: {code!r},\n" for kind, code in sorted(kinds.items()))
    return (
        '"""Written by `python -m xlcfg.rules.build`."""\n\n'
        "# code: (module of its page, name, summary)\n"
        f"CODES = {{\n{''.join(sorted(codes))}}}\n\n"
        "# kind of outcome (xlcfg.model.xl.kinds): code\n"
        f"KINDS = {{\n{lines}}}\n"
    )


def main(argv: list[str] | None = None) -> int:
    """Write the index, or with `--check` compare it; 1 when it is stale."""
    return keep({INDEX: text()}, "python -m xlcfg.rules.build", argv)


if __name__ == "__main__":
    sys.exit(main())
