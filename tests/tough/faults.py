"""The table of faults in docs/toughness.md, made of the marks on the tests that provoke them.

`python tests/tough/faults.py` writes it, with `--check` it fails when the page is another.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parent.parent
PAGE = TESTS.parent / "docs" / "toughness.md"
BEGIN, END = "<!-- faults: made by tests/tough/faults.py -->\n", "<!-- end of faults -->\n"


class Fault(NamedTuple):
    """What goes wrong, the test that provokes it, exit code and message, and what is lost."""

    what: str
    test: str
    says: str
    lost: str


def faults() -> Iterator[Fault]:
    """The `fault` marks of all tests, in the order of files and lines."""
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.fault(" not in text:
            continue
        for node in ast.parse(text).body:
            for mark in getattr(node, "decorator_list", ()):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    (what,) = (ast.literal_eval(one) for one in mark.args)
                    said = {one.arg: ast.literal_eval(one.value) for one in mark.keywords}
                    test = f"{path.relative_to(TESTS).as_posix()}::{node.name}"  # type: ignore
                    yield Fault(what, test, said["says"], said["lost"])


def table() -> str:
    """The rows as Markdown."""
    lines = ["| fault | what happens | lost | test |", "|---|---|---|---|"]
    for fault in faults():
        cells = (fault.what, fault.says, fault.lost, f"`{fault.test}`")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def page(old: str) -> str:
    """The page with the table as it is now."""
    head, _, rest = old.partition(BEGIN)
    return head + BEGIN + table() + END + rest.partition(END)[2]


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if "--check" in arguments:
        if new != old:
            print("docs/toughness.md is stale: python tests/tough/faults.py", file=sys.stderr)
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
