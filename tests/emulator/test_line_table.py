"""The table of lines of compiled wheels: what it gives is what the Python has, or nothing."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from emulator_traces import RECORDED, TRACES
from wild_traces import wild_trace

import needs
from once import once
from xlcfg.emulator import TraceError, feed, replay

SOURCE = Path(feed.__file__).with_name("_lines.c")
pytestmark = pytest.mark.needs("interpreted")
#: What lines are made of: times, nearly times, and what may be around them.
PIECES = (
    *(b'"t": 7', b'"t":0', b'"t": 12345678901234567890123', b'"t": 9999999999999999999'),
    *(b'"t":', b'"t"', b'"t" : 5', b'"t":  5', b'"t": -5', b'"t": 05', b'"t": 5.5', b'"t":"t": 3'),
    *(b'"', b"t", b":", b" ", b"5", b"{", b"}", b",", b'"ev": "note"', b"\xc3\xa9", b"\t", b"\r"),
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    compiler = needs.require("compiler")

    def build(folder: Path) -> None:
        subprocess.run(
            [
                *(compiler, "-shared", "-fPIC", "-O1"),
                *("-I", sysconfig.get_path("include"), str(SOURCE), "-o", folder / "_lines.so"),
            ],
            check=True,
        )

    path = str(once(tmp_path_factory, "lines", build) / "_lines.so")
    loader = ExtensionFileLoader("_lines", path)
    spec = spec_from_file_location("_lines", path, loader=loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    made: Callable[[], Any] = module.LineTable
    return made


def key_of(line: bytes) -> tuple[bytes, list[bytes]]:
    """A line without its times, as `feed.py` has it, and the times."""
    pieces = feed._TIME.split(line)
    return b"\0".join(pieces[::2]), pieces[1::2]


def lines(seed: int, count: int) -> Iterator[bytes]:
    pick = random.Random(seed)
    for _ in range(count):
        yield b"".join(pick.choices(PIECES, k=pick.choice((0, 1, 3, 8, 90))))


def test_a_line_is_known_by_what_is_left_without_its_time(table: Callable[[], Any]) -> None:
    some = list(lines(1, 3000))
    one = table()
    known = {}
    for line in some[::2]:
        key, times = key_of(line)
        known[key] = ("call", key)
        one.put(key, known[key])
    calls, clocks = one.look_up(b"".join(line + b"\n" for line in some))
    found = 0
    for line, call, clock in zip(some, calls, clocks, strict=True):
        key, times = key_of(line)
        if call == line:
            assert clock is None
            assert key not in known or len(times) > 1 or len(line) > 512
        else:
            found += 1
            assert call is known[key]
            assert clock == (int(times[0]) if times else None)
    assert found > 1000


def test_what_is_put_is_found_until_it_is_forgotten(table: Callable[[], Any]) -> None:
    """But for a few, for which by chance there is no room near their place."""
    one = table()
    keys = [b"%d\0 of many lines" % number for number in range(40_000)]
    for number, key in enumerate(keys):
        one.put(key, number)
    one.put(keys[0], "anew")
    block = b"".join(key.replace(b"\0", b'"t": 1') + b"\n" for key in keys)
    calls, clocks = one.look_up(block)
    texts = block[:-1].split(b"\n")
    lost = [number for number, call in enumerate(calls) if call == texts[number]]
    assert len(lost) < 100
    for number, (call, clock) in enumerate(zip(calls, clocks, strict=True)):
        if number not in lost:
            assert (call, clock) == (number or "anew", 1)
    one.clear()
    assert one.look_up(block)[0] == texts


def test_many_keys_of_one_hash_cost_no_more_than_the_table_allows(table: Callable[[], Any]) -> None:
    """What has no place is given back as a line; a wrong answer it never gives."""
    one = table()
    # two words that cancel each other out, whatever the seed: a bit that the product keeps
    pick = random.Random(2)
    keys = []
    for _ in range(2000):
        words = [pick.getrandbits(63) for _ in range(2)] * 4
        keys.append(
            b"".join((w | 1 << 63).to_bytes(8, "little") for w in words).replace(b"\n", b" ")
        )
    keys = [key.replace(b"\0", b" ") for key in keys]
    for key in keys:
        one.put(key, ("call", key))
    calls, _ = one.look_up(b"".join(key + b"\n" for key in keys))
    for key, call in zip(keys, calls, strict=True):
        assert call in (key, ("call", key))


def test_what_is_no_block(table: Callable[[], Any]) -> None:
    one = table()
    assert one.look_up(b'"t": 1\0\n') is None
    assert one.look_up(b"\n\n") == ([b"", b""], [None, None])
    for block in (b"", b"a", b"a\nb"):
        with pytest.raises(ValueError, match="ends with its last line"):
            one.look_up(block)
    for wrong in ("a\n", None, 3):
        with pytest.raises(TypeError):
            one.look_up(wrong)
    with pytest.raises(TypeError):
        one.put("a", 1)
    with pytest.raises(TypeError):
        table(1)  # type: ignore[call-arg]


def test_nothing_is_kept_of_what_it_had(table: Callable[[], Any]) -> None:
    one, key, call = table(), b"a key\0", ["call"]
    before = sys.getrefcount(key), sys.getrefcount(call)
    for _ in range(3):
        one.put(key, call)
        one.look_up(b'a key"t": 1\n' * 10)
    one.clear()
    assert (sys.getrefcount(key), sys.getrefcount(call)) == before
    one.put(key, one)  # a circle
    one.put(b"more", call)
    del one
    gc.collect()
    assert sys.getrefcount(call) == before[1]


@pytest.mark.parametrize("seed", range(12))
def test_a_replay_is_the_same_with_it(
    table: Callable[[], Any], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = wild_trace(seed, 2000 if seed % 2 else 400, calm=bool(seed % 2))
    truth = [
        replay(text, policy, verify=verify)
        for policy in ("update", "hypercall")
        for verify in (False, True)
    ]
    monkeypatch.setattr(feed, "LineTable", table)
    monkeypatch.setattr(feed, "_LINES", 50)  # so that it forgets
    again = [
        replay(text, policy, verify=verify)
        for policy in ("update", "hypercall")
        for verify in (False, True)
    ]
    assert again == truth


@pytest.mark.parametrize("name", RECORDED[:6])
def test_a_recording_is_the_same_with_it(
    table: Callable[[], Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = replay(TRACES / name, "update")
    monkeypatch.setattr(feed, "LineTable", table)
    assert replay(TRACES / name, "update") == truth


HEAD = '{"trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1}'
ONE = '{"ev": "note", "text": "a", "t": 9}'


@pytest.mark.parametrize(
    "wrong",
    [
        '{"ev": "note", "text": "a", "t": 8}',
        '{"ev": "note", "text": "a", "t": 05}',
        '{"ev": "note", "text": "a", "t": 99999999999999999999}',
        '{"ev": "note", "text": "a", "t": 5, "t": 8}',
        '{"ev": "nothing", "t": 20}',
        '{"ev": "note", "text": "a\0", "t": 20}',
        "{",
    ],
)
def test_what_is_wrong_is_told_alike(
    table: Callable[[], Any], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = [HEAD, *[ONE] * 3, "", wrong]
    with pytest.raises(TraceError) as truth:
        replay(text, "update")
    monkeypatch.setattr(feed, "LineTable", table)
    with pytest.raises(TraceError) as again:
        replay(text, "update")
    assert str(again.value) == str(truth.value)
