"""Each mistake people make: what is said of it, and where.

`fixtures/NAME.expected` has a line for each problem of `fixtures/NAME.cfg`; run the tests with
XLCFG_REGENERATE=1 to write them anew, then read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xlcfg.core.source import Source
from xlcfg.rules.syntax import texts
from xlcfg.syntax.guest import read_guest

FIXTURES = Path(__file__).parent / "fixtures"
NAMES = sorted(path.stem for path in FIXTURES.glob("*.cfg"))


def report(data: bytes) -> str:
    """The problems of a config, one per line, and the names of the settings understood."""
    source = Source("x.cfg", data)
    document = read_guest(source.text)
    out = []
    for problem in document.problems:
        start, end = source.position(problem.start), source.position(problem.end)
        place = f"{start.line}:{start.column}-{end.line}:{end.column}"
        message, help_text = texts(problem)
        out.append(f"{place} {problem.code} {message} / {help_text}\n")
    names = " ".join(setting.name for setting in document.settings)
    out.append(f"understood: {names}\n")
    return "".join(out)


@pytest.mark.parametrize("name", NAMES)
def test_problems_of(name: str) -> None:
    found = report((FIXTURES / f"{name}.cfg").read_bytes())
    expected = FIXTURES / f"{name}.expected"
    if os.environ.get("XLCFG_REGENERATE"):
        expected.write_text(found, encoding="utf-8", newline="\n")
    assert found == expected.read_text(encoding="utf-8")


def test_every_code_has_a_fixture() -> None:
    from xlcfg.rules import files

    said = "".join((FIXTURES / f"{name}.expected").read_text(encoding="utf-8") for name in NAMES)
    assert [code for code, _ in files("syntax") if f" {code} " not in said] == []
