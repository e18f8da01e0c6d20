"""The list of wrong changes to the emulator fits the code, and its runner tells good from bad.

All of them are tried by `tests/emulator/mutants/try_mutants.py`, which CI runs.
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
    "wrong": ("TIME_SIZE = 32", "TIME_SIZE = 33", 120, "test_emulator_facts.py::"),
    "endless": ("TIME_SIZE = 32", "while True: pass", 3, "no end in 3 s"),
    "no-python": ("TIME_SIZE = 32", "TIME_SIZE = 32 +", 120, "test_emulator_facts.py"),
    "alike": ("TIME_SIZE = 32", "TIME_SIZE = 16 + 16", 120, ""),
}
_FACTS = "tests/emulator/test_emulator_facts.py"


def runner(code: str) -> subprocess.CompletedProcess[str]:
    """Python code in a process of its own that has the runner as `t`, and its first tests alone."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import pytest, sys, try_mutants as t; t.TESTS = t.TESTS[:1]; {code}",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(FOLDER)},
        timeout=300,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", _CHANGES)
def test_the_runner(name: str) -> None:
    old, new, patience, said = _CHANGES[name]
    mutant = (name, "terms.py", old, new)
    done = runner(f"t.PATIENCE = {patience}; print(t.noticed_by(t.Mutant(*{mutant!r})))")
    assert done.returncode == 0, done.stderr
    by = done.stdout.strip()
    assert said in by if said else by == "", by


def test_a_test_that_is_not_there_notices_nothing() -> None:
    known = f"{_FACTS}::test_time_areas"
    gone = f"{_FACTS}::test_of_nothing"
    mutant = ("alike", "terms.py", "TIME_SIZE = 32", "TIME_SIZE = 16 + 16", "", gone)
    done = runner(f"print(t.noticed_by(t.Mutant(*{mutant!r})))")
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    mutant = ("wrong", "terms.py", "TIME_SIZE = 32", "TIME_SIZE = 33", "", known)
    done = runner(f"print(t.noticed_by(t.Mutant(*{mutant!r})))")
    assert done.stdout.strip().startswith(known)


def test_a_run_in_which_none_is_tried_is_a_failure() -> None:
    done = runner("sys.exit(t.main(['pin-align', 'pin-remote', '--budget', '0']))")
    assert done.returncode == 1
    assert "2 not tried in 0 s" in done.stdout


#: So long may the random part take, in seconds.
_BUDGET = 4


def test_a_random_part_of_the_wrong_changes_is_noticed() -> None:
    seed = int(os.environ.get("XLCFG_MUTANTS", random.SystemRandom().randrange(1 << 30)))
    print(f"XLCFG_MUTANTS={seed}")
    chosen = [mutant for mutant in try_mutants.mutants() if not mutant.equivalent]
    random.Random(seed).shuffle(chosen)
    end = time.monotonic() + _BUDGET
    noticed = 0
    for mutant in chosen:
        assert try_mutants.noticed_by(mutant), f"{mutant.name} survives; seed {seed}"
        noticed += 1
        if time.monotonic() > end:
            break
    assert noticed
