"""The reader against the real parser, on inputs nobody has seen before."""

from __future__ import annotations

import random

import pytest
from canon import canon

import needs


def differences(count: int, seed: int) -> list[tuple[bytes, bytes, bytes]]:
    needs.require("libxlutil")
    from fuzz import compare

    print(f"seed {seed}")
    return compare(canon, count, seed)


def test_fresh_inputs_read_as_in_libxlutil() -> None:
    assert differences(20_000, random.SystemRandom().randrange(2**32)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_million_inputs_read_as_in_libxlutil(seed: int) -> None:
    assert differences(1_000_000, seed) == []
