"""The tutorial prints what it says it prints; `tutorial_help.py` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from tutorial_help import PAGE, Reader


def test_the_first_hour_is_true(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert Reader(tmp_path).follow(page) == page


def test_its_output_fits_a_terminal() -> None:
    sessions = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    wide = [line for text in sessions for line in text.splitlines() if len(line) > 80]
    # the head of a finding stays one line, which programs search
    assert [line for line in wide if not re.search(r": (error|warning|info)\[", line)] == []
