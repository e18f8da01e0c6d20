"""Traces are written while they are seen; what is not known yet is waited for."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from xlcfg.emulator import Reader, lint_trace
from xlcfg.record.errors import RecordError
from xlcfg.record.writing import Writer

HEADER = {
    "trace": "xlcfg-boot-trace",
    "version": 1,
    "arch": "arm64",
    "guest": "pvh",
    "vcpus": 1,
    "policy": "update",
    "phys_area": False,
    "hypervisor": "made",
    "ram": [{"gpa": "0x0", "pages": 16}],
}


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_held_event_keeps_its_place(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "t.jsonl")
    held = writer.add("switch_out", held=True, vcpu=0, state="blocked", t=1)
    writer.add("switch_in", vcpu=0, t=2)
    assert writer.size == 0
    held["wrote"] = True
    writer.complete(held)
    assert writer.size > 0
    writer.finish(HEADER, ["said"])
    assert [line.get("ev") for line in lines(tmp_path / "t.jsonl")] == [
        None, "note", "switch_out", "switch_in",
    ]  # fmt: skip
    assert lines(tmp_path / "t.jsonl")[2]["wrote"] is True


def test_a_dropped_event_is_not_there(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "t.jsonl")
    event = writer.add("vm_assist", held=True, type="runstate_update_flag", on=True)
    writer.drop(event)
    assert writer.counts["vm_assist"] == 0
    writer.finish(HEADER, [])
    assert len(lines(tmp_path / "t.jsonl")) == 1


def test_what_is_open_at_the_end_is_written_as_it_is(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "t.jsonl")
    writer.add("switch_out", held=True, vcpu=0, state="blocked", t=1)
    writer.finish(HEADER, [])
    assert "wrote" not in lines(tmp_path / "t.jsonl")[1]


def test_nothing_is_at_the_place_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    writer = Writer(path)
    writer.add("note", text="x")
    assert list(tmp_path.iterdir()) == []
    writer.finish(HEADER, [])
    assert list(tmp_path.iterdir()) == [path]


def some(path: Path, columns: bool = False) -> Path:
    writer = Writer(path)
    writer.add("switch_out", vcpu=0, state="blocked", t=5)
    writer.add("switch_in", vcpu=0, t=9)
    writer.finish(HEADER, [], columns)
    return path


def test_gzip_by_name_and_columns_on_request(tmp_path: Path) -> None:
    plain = some(tmp_path / "a.jsonl").read_bytes()
    packed = some(tmp_path / "a.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == plain
    assert some(tmp_path / "b.jsonl.gz").read_bytes() == packed
    columns = some(tmp_path / "a.cols", columns=True)
    with Reader(str(columns)) as reader:
        told = reader.header_line + b"\n" + b"".join(block for _, block in reader.blocks())
    assert told == plain
    assert not list(lint_trace(str(tmp_path / "a.jsonl")))


def test_a_place_that_is_none_is_said_before_anything_is_booted(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"-o: .*no such file"):
        Writer(tmp_path / "nowhere" / "t.jsonl")
