"""Of a recording that agrees every result is made false in turn: `replay --verify` notices it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import Cli
from xlcfg.emulator import replay

DATA = Path(__file__).parent / "data"
TRACES = sorted(
    path
    for path in DATA.glob("[efs]*.jsonl")
    if any(word in path.read_text() for word in ('"ret"', '"observe"', '"retry"'))
)


def false(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The event with another result than it had."""
    if event.get("ret") is not None:
        for ret in {0, -2, -6, -14, -22, -38} - {event["ret"]}:
            yield event | {"ret": ret}
    for member in ("retry", "wrote"):
        if member in event:
            yield event | {member: not event[member]}
    if event["ev"] == "observe":
        frames = event["frames"]
        yield event | {"frames": [*frames, {"gpa": "0x6000", "first": 0, "last": 47}]}
        for index, frame in enumerate(frames):
            others = frames[:index] + frames[index + 1 :]
            yield event | {"frames": others}
            for change in ({"first": frame["first"] - 1}, {"last": frame["last"] + 1}):
                if change.get("first", 0) >= 0 and change.get("last", 0) < 4096:
                    yield event | {"frames": [*others, frame | change]}


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_every_false_result_is_noticed(path: Path) -> None:
    lines = path.read_text().splitlines()
    policy = json.loads(lines[0])["policy"]
    good = replay(lines, policy, verify=True).verification
    assert good is not None
    assert good.ok
    tried = 0
    for index, line in enumerate(lines[1:], 1):
        for event in false(json.loads(line)):
            changed = [*lines[:index], json.dumps(event), *lines[index + 1 :]]
            verification = replay(changed, policy, verify=True).verification
            assert verification is not None
            assert [one.line for one in verification.differences] == [index + 1], event
            tried += 1
    assert tried


def test_the_command_fails(cli: Cli, tmp_path: Path) -> None:
    text = (DATA / "e05-pv-defer.jsonl").read_text()
    path = tmp_path / "false.jsonl"
    path.write_text(text.replace('"retry": true', '"retry": false'))
    done = cli("replay", "--verify", path)
    assert done.returncode == 1
    assert "2 retry, 1 differ" in " ".join(done.stdout.split())
    assert "RT116 error: line 10: " in done.stdout
