"""What the tests of the readers share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import needs

ORACLE = Path(__file__).resolve().parent.parent / "oracle"
CONFORMANCE = Path(__file__).resolve().parent.parent / "conformance"
for folder in (ORACLE, CONFORMANCE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture(scope="session")
def libxlutil() -> Callable[[bytes], bytes]:
    """One parse by the real libxlutil 4.17, in canonical form; skips where it cannot be built."""
    needs.require("libxlutil")
    from xlu_fast import NO_REPORT, canon

    return lambda data: canon(data, NO_REPORT)
