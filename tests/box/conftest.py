"""What the tests of the box share: chance, time, and a report at the end of the run."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable

import pytest

_REPORTED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def seed() -> int:
    """Where all chance of a run comes from; XLCFG_FUZZ_SEED repeats a run."""
    return int(os.environ.get("XLCFG_FUZZ_SEED") or secrets.randbits(32))


@pytest.fixture
def chance(seed: int) -> random.Random:
    """Chance, the same in each test."""
    print(f"XLCFG_FUZZ_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def budget() -> float:
    """Seconds for all that is asked; XLCFG_BOX_SECONDS changes them."""
    return float(os.environ.get("XLCFG_BOX_SECONDS") or 300)


@pytest.fixture
def report(request: pytest.FixtureRequest, seed: int) -> Callable[[str], None]:
    """Takes a line for the end of the run."""
    lines = request.config.stash.setdefault(_REPORTED, [f"XLCFG_FUZZ_SEED={seed}"])
    return lines.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = terminalreporter.config.stash.get(_REPORTED, [])
    if lines:
        terminalreporter.section("asked of real hosts")
        terminalreporter.write("\n".join(lines) + "\n")
