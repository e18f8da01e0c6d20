"""However a trace is kept and read, and whatever is remembered on the way: the same comes out."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from emulator_traces import RECORDED, TRACES, ev, register, switch, trace
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wild_traces import wild_trace

from xlcfg.emulator import Reader, Replay, TraceError, compare, lint_trace, replay
from xlcfg.emulator.columns import MAGIC
from xlcfg.emulator.columns_writer import pack
from xlcfg.emulator.feed import feed
from xlcfg.emulator.machine import Call, Machine
from xlcfg.emulator.replaying import choose_model, report

seeds = st.integers(0, 1 << 32)


def forgetful(machine: Machine, ev: str, args: tuple[Any, ...]) -> Call:
    """What `machine.bind` gives, for a machine that remembers no translation."""
    handler, given_ = machine.bind(ev, args)
    if handler is None:
        return None, ()
    act = handler

    def call(*args: Any) -> None:
        machine.memory.next_epoch()
        machine.memory.frames.clear()
        act(*args)

    return call, given_


class Recorder:
    """A sink that keeps the time of every event."""

    line = 0
    t: int | None = None

    def __init__(self) -> None:
        self.kept: list[int | None] = []

    def bind(self, ev: str, args: tuple[Any, ...]) -> Call:
        return (lambda: self.kept.append(self.t)), ()

    def finish(self) -> None:
        pass


def times(source: Any) -> list[int | None]:
    recorder = Recorder()
    feed(Reader(source), recorder)
    return recorder.kept


def slowly(lines: list[str], policy: str, *, verify: bool = False) -> Replay:
    """`replay` without any of its short ways."""
    reader = Reader(lines)
    model = choose_model(reader.header, policy, None)
    machine = Machine(reader.header, policy, model, verify=verify)
    events = 0
    end = None
    for event in reader:
        events += 1
        handler, args = forgetful(machine, event.ev, event.args)
        machine.line, machine.t = event.line, event.t
        end = end if event.t is None else event.t
        if handler is not None:
            handler(*args)
    machine.t = end  # a recording ends at the last time it tells, not at its last line alone
    machine.finish()
    return report(machine, events)


def in_columns(lines: list[str], path: Path) -> str:
    with open(path, "wb") as file:
        file.writelines(pack(Reader(lines)))
    return str(path)


def packed(lines: list[str] | list[bytes]) -> bytes:
    return b"".join(pack(Reader(lines)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("columns") / "trace.columns"


@settings(max_examples=40, deadline=None)
@given(seeds, st.booleans())
@example(2551290, True)  # its last line has no time
def test_all_paths_give_the_same(place: Path, seed: int, calm: bool) -> None:
    lines = wild_trace(seed, 1000 if calm else 200, calm=calm)
    path = in_columns(lines, place)
    for policy in ("update", "hypercall"):
        for verify in (False, True):
            truth = slowly(lines, policy, verify=verify)
            assert replay(lines, policy, verify=verify) == truth
            assert replay(path, policy, verify=verify) == truth
    with open(path, "rb") as file:  # which may be a pipe, and not known to its end
        assert replay(file, "update") == replay(path, "update")
    assert compare(path) == compare(lines)


@pytest.mark.parametrize("name", RECORDED)
def test_recordings_on_all_paths(place: Path, name: str) -> None:
    with Reader(TRACES / name) as reader:
        head = reader.header_line.decode()
        lines = [head, *(line for _, b in reader.blocks() for line in b.decode().splitlines())]
    lines += lines[1:] if '"t"' not in "".join(lines[1:50]) else []
    path = in_columns(lines, place)
    for policy in ("update", "hypercall"):
        truth = slowly(lines, policy)
        assert replay(lines, policy) == truth
        assert replay(path, policy) == truth
    policy = Reader(lines).header.policy or "update"
    assert replay(path, policy, verify=True) == slowly(lines, policy, verify=True)


@pytest.mark.needs("interpreted")
def test_rows_of_events_are_looked_up(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long, calm trace in columns is not run event by event."""
    lines = trace(
        ev("use_space", vcpu=0, space=0),
        ev("map", space=0, va=0x100000000, gpa=hex(0x40000000)),
        register(),
        *switch(times=20000),
    )
    path = in_columns(lines, place)
    truth = replay(lines, "update")
    run = 0
    switch_ = Machine.switched

    def counted(self: Machine, *args: Any) -> None:
        nonlocal run
        run += 1
        switch_(self, *args)

    monkeypatch.setattr(Machine, "switched", counted)
    assert replay(path, "update") == truth
    assert truth.vcpus[0].delivered == 40000
    assert run < 400


ODD = [
    "",
    "   ",
    '{"ev": "note", "text": "a", "t": 5}',
    '{"ev": "note", "text": "say \\"t\\": 5, or so", "t": 6}',
    '{"ev": "note", "text": "a", "x": {"t": 1}}',
    '{"ev": "note", "text": "a", "t": 7, "x": {"t": 1}}',
    '{"t":8,"ev":"switch_out","vcpu":0,"state":"blocked"}',
    '{"ev": "r\\u0065ad", "vcpu": 0, "target": 0, "t": 9}',
    '{"ev": "note", "text": "\\u0000", "t": 10}',
    '{"ev":"switch_in","vcpu":0,"t" : 11}',
    '{"ev":"note","text":"\u00e9\u2028","t":12}',
]
BAD = [
    '{"ev": "note", "text": "a", "t": 4}',
    '{"ev": "note", "text": "a", "t": 05}',
    '{"ev": "note", "text": "a", "t": 5.5}',
    '{"ev": "note", "text": "a", "t": 99999999999999999999}',
    '{"ev": "note", "text": "a\0", "t": 20}',
    '{"ev": "note", "text": "a", "t": -1}',
    '{"ev": "nothing", "t": 20}',
    '{"ev": "switch_in", "vcpu": 9, "t": 20}',
    "{",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(ODD + ODD + BAD), max_size=12), st.booleans())
def test_odd_lines_come_back_and_fail_alike(lines: list[str], timed: bool) -> None:
    more = trace(*([{**e, "t": 12} if timed else e for e in switch(times=20)]))
    whole = [more[0], *lines, *more[1:]]
    data = packed(whole)
    with Reader(BytesIO(data)) as reader:
        back = b"".join(block for _, block in reader.blocks())
    assert back == "".join(line + "\n" for line in whole[1:]).encode()
    assert outcome(lambda: replay(BytesIO(data), "update")) == outcome(
        lambda: replay(whole, "update")
    )
    assert list(lint_trace(BytesIO(data))) == list(lint_trace(whole))


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except TraceError as error:
        return error.line, error.message


def test_line_numbers_stay_when_the_header_is_late() -> None:
    whole = ["", "", *trace(*switch(), ev("nothing"))]
    with pytest.raises(TraceError, match="line 6: unknown event"):
        replay(BytesIO(packed(whole)), "update")


def test_a_damaged_file_is_refused() -> None:
    data = packed(wild_trace(3, 400))
    good = replay(BytesIO(data), "update")
    for at in range(len(MAGIC), len(data), 3):
        broken = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        with pytest.raises(TraceError):
            replay(BytesIO(broken), "update")
    for at in range(len(MAGIC), len(data), 3):
        with pytest.raises(TraceError, match=r"truncated|damaged"):
            replay(BytesIO(data[:at]), "update")
    assert replay(Dripping(data), "update") == good


class Dripping(BytesIO):
    """A pipe that never has more than some bytes."""

    def read1(self, _size: int | None = -1, /) -> bytes:
        return super().read1(7)


def test_a_read_that_is_not_announced(place: Path) -> None:
    lines = trace(register(), *switch(), ev("read", vcpu=0, target=0), *switch(times=40))
    data = bytearray(packed(lines))
    assert data[-12] == 1
    data[-12] = 0
    place.write_bytes(data)
    with pytest.raises(TraceError, match="damaged"):
        replay(str(place), "update")


def test_sizes_that_lie_cost_nothing() -> None:
    import tracemalloc

    data = packed(trace(*switch()))
    head = data[: data.index(struct.pack("<I", 2), len(MAGIC) + 12)]
    bomb = zlib.compress(bytes(1 << 28), 9)
    for lines, unpacked in ((2, 1 << 31), (2, 1 << 24), (1 << 31, 100), (2, 100)):
        chunk = struct.pack("<IIII", lines, len(bomb), unpacked, zlib.crc32(bomb)) + bomb
        tracemalloc.start()
        with pytest.raises(TraceError, match="damaged"):
            replay(BytesIO(head + chunk), "update")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1 << 26


def chunk(texts: bytes, lines: int, rest: bytes, wide: int = 1, long: int = 1) -> bytes:
    """A chunk that is what it says, whatever it says."""
    number = texts.count(b"\n") + 1
    whole = struct.pack("<IIBB", number, len(texts), wide, long) + texts + rest
    data = zlib.compress(whole)
    return struct.pack("<IIII", lines, len(data), len(whole), zlib.crc32(data)) + data


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([b"+", b"=", b"?", b"", b'+{"ev":"switch_in","t":\0}', b"=\0",
                              b'={"ev":"switch_in","t":7}', b"+\0\0"]), max_size=3),
    st.integers(1, 5),
    st.binary(max_size=24),
    st.sampled_from([0, 1, 2, 3, 4, 8]),
    st.sampled_from([0, 1, 2, 8]),
)  # fmt: skip
def test_chunks_that_are_nonsense_are_refused(
    texts: list[bytes], lines: int, rest: bytes, wide: int, long: int
) -> None:
    data = packed(trace())
    hostile = data[:-16] + chunk(b"\n".join(texts), lines, rest, wide, long)
    hostile += struct.pack("<IIQ", 0, 0, lines)
    for call in (
        lambda: replay(BytesIO(hostile), "update"),
        lambda: list(Reader(BytesIO(hostile))),
    ):
        reported = outcome(call)
        assert isinstance(reported, tuple) or len(getattr(reported, "vcpus", reported)) >= 0


def test_few_bytes_do_not_become_endless_lines() -> None:
    note = b'={"ev":"note","text":"' + b"a" * 5000 + b'"}'
    data = packed(trace())[:-16] + chunk(note, 1 << 16, bytes(1 << 16))
    with pytest.raises(TraceError, match="damaged"):
        list(Reader(BytesIO(data)))


@pytest.mark.parametrize(
    ("texts", "rest"),
    [
        (b'={"ev":"note","text":""}', bytes(1 + 20_000_000)),  # times of one line
        (b"=\n" * 7_000_000 + b"=", bytes(1)),
        (b"\n".join([b"={%d}" % n for n in range(100_000)]), bytes(1)),
    ],
)
def test_few_bytes_do_not_become_endless_columns(texts: bytes, rest: bytes) -> None:
    import tracemalloc

    data = packed(trace())[:-16] + chunk(texts, 1, rest)
    tracemalloc.start()
    try:
        with pytest.raises(TraceError, match="damaged"):
            replay(BytesIO(data), "update")
        assert tracemalloc.get_traced_memory()[1] < 1 << 26
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        b'+{\0,"ev":"use_space","vcpu":0,"space":0}',
        b'+{"ev":"use_space","vcpu":\0,"space":0,"t":0}',
        b'+{"ev":"use_space","vcpu":0,"space":0,"t":-\0}',
        b'+{"ev":"use_space","vcpu":0,"space":0,"t":\x005}',
        b'+{"ev":"use_space","vcpu":0,"space":0,"\\u0074":9,"o":{"t":\0}}',
    ],
)
def test_times_stand_where_times_are_cut_out(text: bytes) -> None:
    good = b'+{"t":\0,"ev":"use_space","vcpu":0,"space":0}'
    data = packed(trace())[:-16]
    data += chunk(good + b"\n" + text, 3, bytes([0, 1, 1, 0, 1, 1])) + struct.pack("<IIQ", 0, 0, 3)
    with pytest.raises(TraceError, match="damaged"):
        replay(BytesIO(data), "update")


@pytest.mark.parametrize(
    "other",
    ['"o": {"t": %d}, "t" : 0', '"o": {"t": "5%d"}, "t": 5', '"t": -0, "o": {"t": %d}'],
)
def test_another_t_is_not_taken_for_the_time(place: Path, other: str) -> None:
    rows = [*(other % n for n in (0, 7, 9)), '"t": 6']
    lines = trace() + [f'{{"ev": "use_space", "vcpu": 0, "space": 0, {row}}}' for row in rows]
    path = in_columns(lines, place)
    assert (
        b"".join(block for _, block in Reader(path).blocks()).decode().split()
        == " ".join(lines[1:]).split()
    )
    assert replay(path, "update") == slowly(lines, "update")
    assert times(path) == times(lines)


def test_nothing_comes_behind_the_end(place: Path) -> None:
    data = packed(trace(*switch(times=3)))
    for more in (data, b"\n", bytes(1 << 17)):
        place.write_bytes(data + more)
        for source in (str(place), BytesIO(data + more)):
            with pytest.raises(TraceError, match="damaged"):
                replay(source, "update")


def test_a_read_may_not_hide(place: Path) -> None:
    """Columns that say nothing is read are run without what a reader would see."""
    read = ev("read", vcpu=0, target=0, t=6, o={"t": 7})
    path = Path(in_columns(trace(register(), read), place))
    data = path.read_bytes()
    path.write_bytes(data[:-12] + bytes(4) + data[-8:])
    with pytest.raises(TraceError, match="not announced"):
        replay(str(path), "update")


def test_memory_does_not_grow_with_columns(place: Path) -> None:
    import tracemalloc

    peaks = []
    for times in (30_000, 300_000):
        head, *rest = trace(*switch(times=50))
        repeated = (line for n in range(times // 100) for line in rest)
        with open(place, "wb") as file:
            file.writelines(pack(Reader(chain([head], repeated))))
        tracemalloc.start()
        assert replay(str(place), "update").events == times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + (1 << 20), json.dumps(peaks)
