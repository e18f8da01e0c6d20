"""The page about faults says what the tests do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import faults


def test_the_page_is_current() -> None:
    old = faults.PAGE.read_text(encoding="utf-8")
    assert faults.page(old) == old, "run python tests/tough/faults.py"


def test_every_fault_says_what_is_lost() -> None:
    found = list(faults.faults())
    assert len(found) > 20
    assert len({one.what for one in found}) == len(found)
    for one in found:
        assert all(one)
