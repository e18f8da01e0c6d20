"""`xlcfg explain`: the page of a code is the docstring of the module named after it."""

from __future__ import annotations

import ast
import textwrap
from importlib.util import find_spec
from pathlib import Path

from xlcfg.rules import codes


def page(code: str) -> str | None:
    """The page of a code, or None when no rule has it."""
    module = codes().get(code.upper())
    if module is None:
        return None
    doc, names = _read(module)
    head = f"{code.upper()} ({names.get('NAME', '')})"
    return f"{head}\n{'=' * len(head)}\n\n{textwrap.dedent(doc).strip()}\n"


def index() -> str:
    """Every code with its one line."""
    lines = []
    for code, module in sorted(codes().items()):
        _, names = _read(module)
        lines.append(f"{code}  {names.get('NAME', '')}: {names.get('SUMMARY', '')}")
    return "\n".join(lines) + "\n"


def _read(module: str) -> tuple[str, dict[str, str]]:
    """Docstring and string constants of a rule module, without running it."""
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    names = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return ast.get_docstring(tree) or "", names
