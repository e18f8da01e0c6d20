"""Each target for a while: a fixed number of inputs always, minutes with `-m slow`.

`XLCFG_FUZZ_SECONDS` gives each target so many seconds of CPU, guided by coverage where atheris is
installed: that is CI's longer budget.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz_run import BASE, PER_BYTE, TooSlow, changed, found, run, seeds, timed
from fuzz_targets import TARGETS
from support import ROOT

#: Inputs of each target in every run of the suite: half a second.
INPUTS = {
    "guest": 100, "spec": 600, "mend": 100, "upgrade": 120, "parse": 300, "editor": 60,
    "server": 150,
    "cmdline": 120, "boot_file": 20, "places": 40, "unread": 40, "behind": 100, "running": 200,
    "pool": 300,
    "host": 1000, "libvirt": 400, "dts": 200,
    "dtb": 500, "xapi": 400, "uboot": 100, "imagebuilder": 150, "trace": 500, "trace_tools": 600,
    "xentrace": 400, "ftrace": 100,
    "console": 120, "merge": 500, "baseline": 1000, "project": 500, "cache": 40, "image": 2000,
}  # fmt: skip
SECONDS = float(os.environ.get("XLCFG_FUZZ_SECONDS", "0"))


def test_every_target_has_a_budget() -> None:
    assert set(INPUTS) == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_raises(name: str) -> None:
    assert run(name, 0, seed=1, least=INPUTS[name]) == INPUTS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_raises_for_long(name: str) -> None:
    assert run(name, 300, seed=2) > INPUTS[name]


@pytest.mark.skipif(not SECONDS, reason="XLCFG_FUZZ_SECONDS is not set")
@pytest.mark.parametrize("name", list(TARGETS) if SECONDS else ["all"])
def test_nothing_raises_when_guided(name: str) -> None:
    path = os.pathsep.join(map(str, (Path(__file__).parent, ROOT, ROOT / "plugins")))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "fuzz_targets.py"), name, str(SECONDS)],
        capture_output=True, env={**os.environ, "PYTHONPATH": path}, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=300))
@settings(max_examples=20, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
def test_no_bytes_raise(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_pass(name: str) -> None:
    known = seeds(name)
    assert known
    for data in known[:20]:
        timed(name, data)


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name in TARGETS for path in found(name)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)  # fmt: skip
def test_what_was_found_before(name: str, path: Path) -> None:
    timed(name, path.read_bytes())


def test_what_was_found_has_a_target() -> None:
    assert {path.name for path in (Path(__file__).parent / "found").iterdir()} <= set(TARGETS)


def test_a_slow_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(data: bytes) -> None:
        sum(range(20_000_000))

    monkeypatch.setitem(TARGETS, "guest", slow)
    monkeypatch.setattr("fuzz_run.BASE", 0.01)
    with pytest.raises(TooSlow, match="are allowed"):
        timed("guest", b"x")
    assert BASE > 0 < PER_BYTE


def test_changes_are_reproducible() -> None:
    pool = seeds("guest")
    one, two = (changed(random.Random(7), pool) for _ in range(2))
    assert one == two
