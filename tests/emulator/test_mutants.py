"""The list of wrong changes to the emulator fits the code, and its runner tells good from bad.

All of them are tried by `tests/emulator/mutants/try_mutants.py`, and by `pytest -m slow`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support import ROOT

FOLDER = Path(ROOT, "tests", "emulator", "mutants")
sys.path.insert(0, str(FOLDER))
import try_mutants  # noqa: E402


def test_every_change_fits_the_code() -> None:
    mutants = try_mutants.mutants()
    assert len({mutant.name for mutant in mutants}) == len(mutants)
    for mutant in mutants:
        text = Path(ROOT, "xlcfg", "emulator", mutant.file).read_text(encoding="utf-8")
        changed = try_mutants.applied(mutant, text)
        assert changed != text, mutant.name
        if mutant.file.endswith(".py"):
            compile(changed, mutant.file, "exec")
        else:
            json.loads(changed)


def test_the_changes_are_of_every_part_that_decides() -> None:
    parts = {"machine", "memory", "registration", "translation", "vcpu", "verify"}
    assert {f"{part}.py" for part in parts} <= {mutant.file for mutant in try_mutants.mutants()}


def test_a_text_that_is_not_there_once_is_refused() -> None:
    mutant = try_mutants.Mutant("name", "machine.py", "self", "itself")
    with pytest.raises(ValueError, match=r"its text is in machine\.py 2 times"):
        try_mutants.applied(mutant, "self, self")


#: (old and new text of terms.py, seconds, whether it is noticed)
_CHANGES = {
    "wrong": ("TIME_SIZE = 32", "TIME_SIZE = 33", 120, True),
    "endless": ("TIME_SIZE = 32", "while True: pass", 10, True),
    "alike": ("TIME_SIZE = 32", "TIME_SIZE = 16 + 16", 120, False),
}


@pytest.mark.parametrize("name", _CHANGES)
def test_the_runner(name: str) -> None:
    old, new, patience, noticed = _CHANGES[name]
    mutant = (name, "terms.py", old, new)
    code = (
        "import pytest, sys, try_mutants as t; "
        f"t.TESTS, t.PATIENCE = t.TESTS[:1], {patience}; "
        f"sys.exit(0 if t.survives(t.Mutant(*{mutant!r})) else 3)"
    )
    env = os.environ | {"PYTHONPATH": str(FOLDER)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, timeout=300)
    assert done.returncode == (3 if noticed else 0)


#: So long may the random part take, in seconds, and so many changes are tried in it.
_BUDGET = 60


def test_a_random_part_of_the_wrong_changes_is_noticed() -> None:
    seed = int(os.environ.get("XLCFG_MUTANTS", random.SystemRandom().randrange(1 << 30)))
    print(f"XLCFG_MUTANTS={seed}")
    chosen = [mutant for mutant in try_mutants.mutants() if not mutant.equivalent]
    random.Random(seed).shuffle(chosen)
    end = time.monotonic() + _BUDGET
    noticed = 0
    for mutant in chosen:
        assert not try_mutants.survives(mutant), f"{mutant.name} survives; seed {seed}"
        noticed += 1
        if time.monotonic() > end:
            break
    assert noticed


@pytest.mark.slow
def test_every_wrong_change_is_noticed() -> None:
    done = subprocess.run(
        [sys.executable, FOLDER / "try_mutants.py"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=3600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
