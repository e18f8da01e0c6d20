"""The oracle and its generator, as for the readers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import needs

ORACLE = Path(__file__).resolve().parent.parent / "oracle"
if str(ORACLE) not in sys.path:
    sys.path.insert(0, str(ORACLE))


@pytest.fixture(scope="session")
def libxlutil() -> Callable[[list[bytes]], list[bytes]]:
    """Many parses by the real libxlutil 4.17, in canonical form; skips where it cannot be built."""
    needs.require("libxlutil")
    from xlu_fast import NO_REPORT, canon_batch

    return lambda inputs: canon_batch(inputs, NO_REPORT)
