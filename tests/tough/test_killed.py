"""A run that mends files, stopped at every step it makes: no file is lost or half written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import ROOT

OLD = 'name="a"\nkernel="/k"\nmemory=512\ntsc_mode=1\n'
NEW = {
    "check --fix": 'name="a"\nkernel="/k"\nmemory=512\ntsc_mode="always_emulate"\n',
    "fmt": 'name = "a"\nkernel = "/k"\nmemory = 512\ntsc_mode = 1\n',
}
OWNER = 1234 if os.geteuid() == 0 else os.geteuid()
FILES = ["a.cfg", "b.cfg"]


def stopped(command: str, how: str) -> list[dict[str, Any]]:
    """What became of the files for every step at which a run of the command ended."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "plugins")))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "killed.py"), command, how],
        capture_output=True, env={**os.environ, "PYTHONPATH": path}, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def whole(files: dict[str, list[Any]], new: str) -> None:
    """Every config is there with the old text or the new one, its mode and its owner."""
    for name in FILES:
        text, mode, user, group = files[name]
        assert text in (OLD, new)
        assert (mode, user) == (0o640, OWNER)
        assert group == OWNER or os.geteuid() != 0


@pytest.mark.fault(
    "killed (SIGKILL) at any step of `check --fix` or `fmt`",
    says="nothing; the next run does the rest and removes what lies about",
    lost="nothing: every file has its old text or its new one, its mode and its owner",
)
@pytest.mark.parametrize("command", list(NEW))
def test_killed_at_every_step(command: str) -> None:
    new = NEW[command]
    rounds = stopped(f"{command} {{folder}}", "kill")
    assert rounds[-1]["code"] >= 100  # it ran to its end, and there was no such step
    killed = rounds[:-1]
    assert len(killed) > 20
    assert any(len(one["after"]) > len(FILES) for one in killed)  # it did leave something
    texts = {tuple(one["after"][name][0] for name in FILES) for one in killed}
    assert len(texts) == len(FILES) + 1  # it was stopped before and after each file
    for one in rounds:
        whole(one["after"], new)
        for name in set(one["after"]) - set(FILES):
            assert one["after"][name][1] & 0o077 == 0 or one["after"][name][0] == new
        whole(one["end"], new)
        assert sorted(one["end"]) == FILES
        assert all(one["end"][name][0] == new for name in FILES)


@pytest.mark.fault(
    "the disk full, or any other failure, at any step of `check --fix` or `fmt`",
    says="2: `FILE: cannot be written: no space left on device`",
    lost="nothing: the file has its old text or its new one",
)
@pytest.mark.parametrize("command", ["check --fix"])
def test_full_at_every_step(command: str) -> None:
    rounds = stopped(f"{command} {{folder}}", "full")
    assert len(rounds) > 20
    for one in rounds[:-1]:
        assert one["code"] in (0, 1, 2)
    assert sum(one["code"] == 2 for one in rounds) > len(rounds) // 2
    for one in rounds:
        whole(one["after"], NEW[command])
        assert sorted(one["end"]) == FILES
        assert all(one["end"][name][0] == NEW[command] for name in FILES)


WRITES = [
    "check {folder}/a.cfg --exit-zero --format json --output {folder}/out.json",
    "check {folder}/a.cfg --write-baseline {folder}/out.json",
]


def output_is_whole(rounds: list[dict[str, Any]]) -> None:
    texts = set()
    for one in rounds:
        new = one["end"]["out.json"][0]
        assert json.loads(new)["version"]
        assert one["after"]["out.json"][0] in (OLD, new)
        assert sorted(one["end"]) == [*FILES, "out.json"]
        texts.add(one["after"]["out.json"][0])
    assert len(texts) > 1  # it was stopped before and after


@pytest.mark.fault(
    "killed (SIGKILL) at any step of writing `--output` or a baseline",
    says="nothing; the next run that writes there removes what lies about",
    lost="nothing: the file has its old text or its new one",
)
@pytest.mark.parametrize("command", WRITES)
def test_output_of_a_run_that_is_killed(command: str) -> None:
    rounds = stopped(command, "kill")
    assert any(len(one["after"]) > len(FILES) + 1 for one in rounds)  # it did leave something
    output_is_whole(rounds)


@pytest.mark.fault(
    "the disk full, or any other failure, at any step of writing `--output` or a baseline",
    says="2: `cannot be written: no space left on device`",
    lost="nothing: the file has its old text or its new one",
)
@pytest.mark.parametrize("command", WRITES)
def test_output_on_a_full_disk(command: str) -> None:
    rounds = stopped(command, "full")
    assert sum(one["code"] == 2 for one in rounds) > 4
    output_is_whole(rounds)
    for one in rounds:
        assert sorted(one["after"]) == [*FILES, "out.json"] or one["code"] == 2
