"""Each target for a while: a fixed number of inputs always, minutes with `-m slow`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz_targets import TARGETS, changed, run, seeds

INPUTS = {"guest": 300, "cmdline": 600, "boot_file": 60, "trace": 200}


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_raises(name: str) -> None:
    assert run(name, 0, seed=1, least=INPUTS[name]) == INPUTS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_raises_for_long(name: str) -> None:
    assert run(name, 300, seed=2) > INPUTS[name]


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=300))
@settings(max_examples=60, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
def test_no_bytes_raise(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_pass(name: str) -> None:
    found = seeds(name)
    assert found
    for data in found[:20]:
        TARGETS[name](data)


FOUND = {
    "trace": [
        # a NUL stood for a time once, and the reader ran out of times
        seeds("trace")[0].replace(b'"switch_out"', b'\0"switch_out"', 1),
        seeds("trace")[0] + b'\n{"ev": "note", "text": "a", \0}\n',
    ],
    "cmdline": ["dom0_mem=\u009b1m".encode("latin-1"), b"vga=\xc2\x9b"],
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_before(name: str) -> None:
    for data in FOUND[name]:
        TARGETS[name](data)


def test_changes_are_reproducible() -> None:
    import random

    pool = seeds("guest")
    one, two = (changed(random.Random(7), pool) for _ in range(2))
    assert one == two
