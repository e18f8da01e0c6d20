"""Captures of xentrace: who ran when, what was asked for, what is missing."""

from __future__ import annotations

import gc
import gzip
import re
import subprocess
import tracemalloc
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from xentrace_captures import (
    BLOCKED,
    IDLE,
    OFFLINE,
    RUNNABLE,
    RUNNING,
    WINDOW,
    WRAP,
    Busy,
    change,
    lost,
    proceed,
    record,
    vcpu_op,
    window,
)
from xlcfg_traces.capture import Capture
from xlcfg_traces.xentrace import Xentrace

import needs
from recorded import events, written
from xlcfg.emulator import TraceError

GHZ = 2_400_000_000
MS = GHZ // 1000
T0 = 1 << 44


def small(tmp_path: Path, name: str = "capture.bin") -> str:
    """vCPU 0 of domain 3 runs on CPU 0 and then on CPU 1, whose window comes first."""
    return written(
        tmp_path,
        window(
            1,
            change(T0 + 5 * MS, IDLE, 1, RUNNING, RUNNABLE),
            change(T0 + 5 * MS, 3, 0, RUNNABLE, RUNNING),
            vcpu_op(T0 + 6 * MS, 14, 0),
            change(T0 + 9 * MS, 3, 0, RUNNING, OFFLINE),
            change(T0 + 9 * MS, IDLE, 1, RUNNABLE, RUNNING),
        ),
        window(
            0,
            record(0x20100D, 24 | 5 << 20, 5, 0, tsc=T0),
            WRAP,
            change(T0 + MS, 3, 0, RUNNING, BLOCKED),
            change(T0 + MS, IDLE, 0, RUNNABLE, RUNNING),
            proceed(T0 + 2 * MS, IDLE, 0),
            record(0x28004, 3, 0, tsc=T0 + 3 * MS),
            change(T0 + 3 * MS, 3, 0, BLOCKED, RUNNABLE),
        ),
        name=name,
    )


@pytest.mark.parametrize("name", ["capture.bin", "capture.bin.gz"])
def test_windows_are_merged_by_time(tmp_path: Path, name: str) -> None:
    header, *reported = events(small(tmp_path, name))
    assert (header["vcpus"], header["guest"], header["arch"]) == (1, "pv", "x86_64")
    assert header["lacks"] == ["areas", "stage-1"]
    assert [(e["ev"], e["t"], e.get("state")) for e in reported if e["ev"] != "note"] == [
        ("switch_out", 1_000_000, "blocked"),
        ("switch_in", 5_000_000, None),
        ("switch_out", 9_000_000, "offline"),
    ]
    notes = [(e["t"], e["op"], e["vcpu"], e["target"]) for e in reported if e["ev"] == "note"]
    assert notes == [
        # from before the first runstate record of CPU 0, which says who ran there
        (0, "register_runstate_memory_area", 0, 0),
        (6_000_000, "register_runstate_phys_area", 0, 0),
    ]


def test_wrap_records_are_skipped(tmp_path: Path) -> None:
    fake = record(0x1F002, *([0x90021211] * 7))
    path = written(tmp_path, window(0, fake, change(T0, 1, 0, RUNNABLE, RUNNING), fake))
    assert [e["ev"] for e in events(path)[1:]] == ["switch_in"]


def test_the_kind_of_guest(tmp_path: Path) -> None:
    def run(domain: int, *inside: bytes) -> bytes:
        return b"".join(
            [
                change(T0, domain, 0, RUNNABLE, RUNNING),
                *inside,
                change(T0 + MS, domain, 0, RUNNING, RUNNABLE),
            ]
        )

    path = written(
        tmp_path,
        window(
            0,
            run(1, record(0x201106, 1, 2, tsc=T0)),
            run(2, record(0x201006, 1, tsc=T0)),
            run(3, record(0x81001, 1, 2, tsc=T0), record(0x82012, 24)),
            run(4),
        ),
    )
    heads = {d: events(path, d)[0] for d in (1, 2, 3, 4)}
    assert {d: (h["arch"], h["guest"]) for d, h in heads.items() if d != 4} == {
        1: ("x86_64", "pv"),
        2: ("x86_32", "pv"),
        3: ("x86_64", "hvm"),
    }
    assert "guest" in heads[4]["lacks"]
    assert "guest" not in heads[1]["lacks"]
    asked = [e for e in events(path, 3) if e.get("op")]
    assert [(e["op"], e["target"]) for e in asked] == [("unknown", None)]


def test_vcpus_come_up(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        window(
            0,
            change(T0, 1, 0, RUNNABLE, RUNNING),
            vcpu_op(T0 + MS, 1, 1),
            change(T0 + 2 * MS, 1, 0, RUNNING, BLOCKED),
            change(T0 + 2 * MS, 1, 1, RUNNABLE, RUNNING),
        ),
    )
    assert [(e["ev"], e["t"]) for e in events(path)[1:]] == [
        ("switch_in", 0),
        ("vcpu_up", 1_000_000),
        ("switch_out", 2_000_000),
        ("switch_in", 2_000_000),
    ]


def test_lost_records_are_gaps(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        window(0, change(T0, 1, 0, RUNNABLE, RUNNING)),
        window(0, lost(T0 + 9 * MS, 77, 1, 0, T0 + 4 * MS)),
        window(0, change(T0 + 10 * MS, 1, 0, RUNNING, BLOCKED)),
    )
    gap = next(e for e in events(path) if "lost" in e)
    assert (gap["lost"], gap["ns"], gap["t"]) == (77, 5_000_000, 4_000_000)
    info = Xentrace(path, None).info()
    assert info["lost"] == {"records": 77, "gaps": 1}
    states = info["domains"][0]["vcpus"][0]["states"]
    assert {name: spent["cycles"] for name, spent in states.items()} == {
        "running": 5 * MS,  # up to the gap, and after it by what the lost record says
        "lost": 5 * MS,
    }


def test_a_domain_has_to_be_chosen(tmp_path: Path, cli: Any) -> None:
    path = written(tmp_path, Busy(1).build())
    done = cli("replay", path)
    assert done.returncode == 2
    assert "several domains (domain 0: 2 vCPUs, " in done.stdout
    assert "choose one with --domain N" in done.stdout
    assert "no domain 9 (domain 0" in cli("replay", "--domain", "9", path).stdout
    assert cli("replay", "--domain", "1", path).returncode == 0


def test_an_empty_capture_says_so(tmp_path: Path, cli: Any) -> None:
    done = cli("replay", written(tmp_path, window(0, record(0x201106, 1, 2, tsc=T0))))
    assert done.returncode == 2
    assert "holds no switch of any domain" in done.stdout


# -- xenalyze ---------------------------------------------------------------------------------


STATE = re.compile(r"\s+(running|runnable|blocked|offline|lost):\s+(\d+)\s+[\d.]+s\s+(\d+)")


def summary(path: str) -> dict[tuple[int, int, str], tuple[int, int]]:
    """(domain, vCPU, runstate) -> (spells, cycles of one on the average)."""
    done = subprocess.run(
        [needs.require("xenalyze"), "--summary", path],
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert "|-- Domain 0 --|" in done.stdout, done.stderr
    out = {}
    domain = vcpu = -1
    for line in done.stdout.splitlines():
        if found := re.match(r"\|-- Domain (\d+)", line):
            domain, vcpu = int(found[1]), -1
        elif found := re.match(r"-- v(\d+) --", line):
            vcpu = int(found[1])
        elif vcpu >= 0 and (found := STATE.match(line)):
            out[domain, vcpu, found[1]] = int(found[2]), int(found[3])
    return out


def figures(path: str) -> dict[tuple[int, int, str], tuple[int, int]]:
    return {
        (domain["domain"], vcpu["vcpu"], state): (
            spent["spells"],
            spent["cycles"] // spent["spells"],
        )
        for domain in Xentrace(path, None).info()["domains"]
        for vcpu in domain["vcpus"]
        for state, spent in vcpu["states"].items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_time_per_runstate_is_what_xenalyze_says(tmp_path: Path, seed: int) -> None:
    path = written(tmp_path, Busy(seed, losing=False).build())
    want = summary(path)
    assert len(want) > 15
    assert figures(path) == want


@pytest.mark.parametrize("seed", range(12))
def test_time_per_runstate_around_lost_records(tmp_path: Path, seed: int) -> None:
    path = written(tmp_path, Busy(seed, cpus=2, steps=300).build())
    want = summary(path)
    assert any(state == "lost" for _, _, state in want)
    assert figures(path) == want


# -- hostile ----------------------------------------------------------------------------------


def exhaust(path: str, domain: int | None = 1) -> None:
    """Read all there is; only the errors that readers announce may come out."""
    for read in (lambda: list(Xentrace(path, domain)), Xentrace(path, domain).info):
        with suppress(TraceError):
            read()


def test_damaged_captures_never_surprise(tmp_path: Path) -> None:
    good = bytearray(Busy(5).build())
    random = Random(7)
    for _ in range(250):
        bad = bytearray(good)
        for _ in range(random.randrange(1, 12)):
            bad[random.randrange(len(bad))] = random.randrange(256)
        if random.random() < 0.3:
            del bad[random.randrange(len(bad)) :]
        exhaust(written(tmp_path, bytes(bad)), random.choice((None, 0, 1)))


def test_random_windows_never_surprise(tmp_path: Path) -> None:
    random = Random(8)
    for _ in range(100):
        exhaust(written(tmp_path, *(window(random.randrange(4), random.randbytes(random.randrange(
            4000))) for _ in range(5))))  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (record(WINDOW, 0, 8) + b"x" * 24, "no window of records at byte 0x14"),
        (record(WINDOW, 99_999, 8), "no window of records at byte 0x0"),
        (window(0, change(T0, 1, 0xFFFF, RUNNABLE, RUNNING)), "has a vCPU 65535"),
        (
            window(
                0, *(change(T0, i // 4000 + 1, i % 4000, RUNNABLE, RUNNING) for i in range(70_000))
            ),
            "more than 65536 vCPUs",
        ),
    ],
)
def test_damage_is_named(tmp_path: Path, cli: Any, data: bytes, said: str) -> None:
    done = cli("replay", written(tmp_path, data))
    assert done.returncode == 2
    assert said in done.stdout


def test_a_capture_cut_short_is_read_to_its_end(tmp_path: Path, cli: Any) -> None:
    whole = window(0, change(T0, 1, 0, RUNNABLE, RUNNING), change(T0 + 9, 1, 0, RUNNING, BLOCKED))
    done = cli("trace", "info", written(tmp_path, whole[:-7]))
    assert done.returncode == 0
    assert "ends in the middle of a window" in done.stdout
    packed = tmp_path / "cut.bin.gz"
    packed.write_bytes(gzip.compress(whole)[:-12])
    done = cli("replay", packed)
    assert done.returncode == 2
    assert "truncated" in done.stdout


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for steps in (1_000, 40_000):
        path = written(tmp_path, Busy(3, steps=steps, losing=False).build())
        gc.collect()
        tracemalloc.start()
        for _ in Capture(path).events():
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The file is of 2 MB. What other threads of this process do meanwhile counts, too.
    assert peaks[1] < 1.5 * peaks[0] + 500_000


def test_a_window_of_any_size_is_read_in_pieces(tmp_path: Path) -> None:
    records = b"".join(
        change(T0 + i * 10, 1, 0, RUNNING if i % 2 else RUNNABLE, BLOCKED if i % 2 else RUNNING)
        for i in range(100_000)
    )
    path = written(tmp_path, window(0, records))
    assert sum(1 for _ in Xentrace(path, None)) == 1 + 100_000
    claims = tmp_path / "claims.bin"
    claims.write_bytes(record(WINDOW, 0, 0xFFFFFFF0) + records[:160_000])
    tracemalloc.start()
    assert sum(1 for _ in Xentrace(str(claims), None)) == 1 + 10_000 + 1
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()
