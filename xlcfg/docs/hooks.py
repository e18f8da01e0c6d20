"""Writes the reference of the hooks into `docs/plugins.md`, from `xlcfg.hooks.specs`.

python -m xlcfg.docs.hooks           write it anew
python -m xlcfg.docs.hooks --check   exit 1 when it is stale
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

from xlcfg.generated import keep
from xlcfg.hooks import specs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins.md"
BEGIN = "<!-- Written by `python -m xlcfg.docs.hooks` from here on -->\n"


def names() -> list[str]:
    """The hooks, in the order of a run."""
    return [name for name in vars(specs) if name.startswith("xlcfg_")]


def reference() -> str:
    """The reference, as Markdown."""
    parts = [f"The hooks have version {specs.API_VERSION}.\n"]
    for name in names():
        function: Any = getattr(specs, name)
        options = getattr(function, "xlcfg_spec", {})
        first, _, rest = inspect.getdoc(function).partition("\n")  # type: ignore[union-attr]
        how = (
            "The first answer that is not None counts."
            if options.get("firstresult")
            else ("All answers count.")
        )
        signature = str(inspect.signature(function)).replace("'", "")
        parts.append(
            f"### `{name}`\n\n    def {name}{_wrapped(signature, len(name))}\n\n"
            f"{first} {how}\n{rest.rstrip()}\n"
        )
    return "\n".join(parts)


def _wrapped(signature: str, used: int) -> str:
    """A signature on one line of 80 columns, or with a line for each argument."""
    if len(signature) + used + 8 <= 80:
        return signature
    arguments, _, answer = signature[1:].partition(") -> ")
    lines = "".join(f"        {argument},\n" for argument in _split(arguments))
    return f"(\n{lines}    ) -> {answer}"


def _split(arguments: str) -> list[str]:
    """Arguments at their commas, but not at those within brackets."""
    parts = [""]
    depth = 0
    for char in arguments:
        depth += (char in "[(") - (char in "])")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def main(argv: list[str] | None = None) -> int:
    """Write the reference, or with `--check` compare it; 1 when it is stale."""
    old = PAGE.read_text(encoding="utf-8")
    new = old[: old.index(BEGIN) + len(BEGIN)] + "\n" + reference()
    return keep({PAGE: new}, "python -m xlcfg.docs.hooks", argv)


if __name__ == "__main__":
    sys.exit(main())
