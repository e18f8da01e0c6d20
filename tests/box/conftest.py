"""A box for tests: one for each release and session, and only where somebody asks for them."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable, Iterator

import pytest
from box.host import Box

import needs


@pytest.fixture(scope="session")
def box() -> Iterator[Callable[[str], Box]]:
    """A function from a release to its running host; skips where tests/needs.py finds none."""
    running: dict[str, Box] = {}

    def of(release: str) -> Box:
        needs.require(f"box-{release}")
        if release not in running:
            running[release] = Box(release)
        return running[release]

    yield of
    for one in running.values():
        one.__exit__()


@pytest.fixture
def chance() -> random.Random:
    """Chance from a printed seed; XLCFG_FUZZ_SEED repeats a run."""
    seed = int(os.environ.get("XLCFG_FUZZ_SEED") or secrets.randbits(32))
    print(f"XLCFG_FUZZ_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def budget() -> float:
    """Seconds for all cases that go through a box; XLCFG_BOX_SECONDS changes them."""
    return float(os.environ.get("XLCFG_BOX_SECONDS") or 300)
