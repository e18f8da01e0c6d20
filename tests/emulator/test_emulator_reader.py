"""The reader: sources, errors with their lines, and agreement with the JSON Schemas."""

from __future__ import annotations

import gc
import gzip
import io
import json
import lzma
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from emulator_traces import RAM, RECORDED, TRACES, ev, header, map_, register, switch, trace, use

from xlcfg.emulator import Reader, TraceError, lint_trace, replay
from xlcfg.emulator.events import DECODERS, BadEventError, decode_event, decode_header
from xlcfg.emulator.schema import load

LINES = trace(use(0), map_(0), register(), *switch(times=5))
TEXT = "\n".join(LINES) + "\n"


def summary(source: Any) -> tuple[int, int]:
    result = replay(source, "update")
    return result.events, result.total("delivered")


def test_every_kind_of_source(tmp_path: Path) -> None:
    data = TEXT.encode()
    plain, packed, xz = tmp_path / "a.jsonl", tmp_path / "b.gz", tmp_path / "c"
    plain.write_bytes(data)
    packed.write_bytes(gzip.compress(data))
    xz.write_bytes(lzma.compress(data))
    two_members = gzip.compress(data[:200]) + gzip.compress(data[200:])
    two_streams = lzma.compress(data[:200]) + lzma.compress(data[200:])
    sources: list[Any] = [
        plain,
        str(plain),
        packed,
        xz,
        io.BytesIO(data),
        io.StringIO(TEXT),
        io.BytesIO(gzip.compress(data)),
        io.BytesIO(two_members),
        io.BytesIO(two_streams),
        LINES,
        iter(LINES),
        [line.encode() for line in LINES],
        TEXT.splitlines(keepends=True),
        io.BytesIO(data.rstrip()),
        io.BytesIO(data.replace(b"\n", b"\r\n")),
    ]
    for source in sources:
        assert summary(source) == (13, 10), source


def test_a_pipe_is_read_as_it_comes() -> None:
    class Pipe(io.RawIOBase):
        """Hands over three bytes at a time."""

        def __init__(self, data: bytes) -> None:
            self.data = io.BytesIO(data)

        def read(self, _size: int = -1) -> bytes:
            return self.data.read(3)

    for data in (TEXT.encode(), gzip.compress(TEXT.encode()), lzma.compress(TEXT.encode())):
        assert summary(Pipe(data)) == (13, 10)


def bad(*lines: str | bytes) -> TraceError:
    text = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    with pytest.raises(TraceError) as caught:
        replay(io.BytesIO(text), "update")
    again = [p for p in lint_trace(io.BytesIO(text)) if p.severity == "error"]
    assert (again[0].line, again[0].message) == (caught.value.line, caught.value.message)
    with pytest.raises(TraceError), Reader(io.BytesIO(text)) as reader:
        list(reader)
    return caught.value


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in header().items() if key != name}


HEAD = LINES[0]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ([""], 0, "not a trace: empty"),
        (["vcpus = 2"], 1, "not a trace"),
        (["{}"], 1, "not a trace"),
        (["[1]"], 1, "not a trace"),
        (['{"trace": "other"}'], 1, "not a trace"),
        ([b"\x7fELF\x00\x01"], 1, "not a trace"),
        ([b"\xff\xfe\n"], 1, "not a trace: not UTF-8"),
        ([json.dumps(header(version=2))], 1, "wrong version: 2"),
        ([json.dumps(header(version=True))], 1, "wrong version: true"),
        ([json.dumps(header(vcpus=0))], 1, "'vcpus' is 0"),
        ([json.dumps(header(vcpus=5000))], 1, "'vcpus' is 5000"),
        ([json.dumps(header(vcpus="2"))], 1, "'vcpus' is \"2\", not an integer"),
        ([json.dumps(header(arch="riscv"))], 1, "'arch' is \"riscv\", not one of"),
        ([json.dumps(header(policy="both"))], 1, "'policy'"),
        ([json.dumps(header(ram=[{"gpa": 4096, "pages": 1}]))], 1, "hexadecimal"),
        ([json.dumps(header(runstate_size=40))], 1, "runstate_size"),
        (
            [json.dumps({k: v for k, v in header().items() if k != "guest"})],
            1,
            "'guest' is missing",
        ),
        ([HEAD, "{"], 2, "truncated"),
        ([HEAD, '{"ev": "switch_in", "vcpu": 0}', '{"ev": "swi'], 3, "truncated"),
        ([HEAD, '{"ev": "switch_in", "vc', ""], 2, "bad JSON"),
        ([HEAD, "nonsense", ""], 2, "bad JSON"),
        ([HEAD, "[" * 100000 + "]" * 100000, ""], 2, "bad JSON: nested too deeply"),
        ([HEAD, '{"ev": "note", "text": "x", "n": ' + "9" * 5000 + "}", ""], 2, "bad JSON"),
        ([HEAD, b'{"ev": "note", "text": "\xff"}', ""], 2, "not UTF-8"),
        ([HEAD, "3", ""], 2, "an event is a JSON object, not 3"),
        ([HEAD, '{"vcpu": 0}', ""], 2, "'ev' is missing"),
        ([HEAD, '{"ev": 3}', ""], 2, "'ev' is 3, not a string"),
        ([HEAD, '{"ev": "swich_in"}', ""], 2, 'unknown event "swich_in"'),
        ([HEAD, '{"ev": "map", "space": 0, "va": "0x0"}', ""], 2, "map: 'gpa' is missing"),
        ([HEAD, '{"ev": "map", "space": 0, "va": 4096, "gpa": "0x0"}', ""], 2, "'va' is 4096"),
        ([HEAD, '{"ev": "map", "space": 0.0, "va": "0x0", "gpa": "0x0"}', ""], 2, "'space' is 0.0"),
        (
            [HEAD, '{"ev": "map", "space": 0, "va": "0x10000000000000000", "gpa": "0x0"}', ""],
            2,
            "'va' does not fit in 64 bits",
        ),
        ([HEAD, '{"ev": "unmap", "space": 0, "va": "0x0", "pages": 0}', ""], 2, "'pages' is 0"),
        ([HEAD, '{"ev": "switch_in", "vcpu": 2}', ""], 2, "the domain has 2 vCPUs"),
        ([HEAD, '{"ev": "switch_in", "vcpu": -1}', ""], 2, "the domain has 2 vCPUs"),
        ([HEAD, '{"ev": "switch_in", "vcpu": true}', ""], 2, "'vcpu' is true, not an integer"),
        ([HEAD, '{"ev": "vcpu_up", "target": 9}', ""], 2, "the domain has 2 vCPUs"),
        ([HEAD, '{"ev": "mmu", "on": 1}', ""], 2, "'on' is 1, not true or false"),
        ([HEAD, '{"ev": "switch_out", "state": "running"}', ""], 2, "'state' is \"running\""),
        ([HEAD, '{"ev": "switch_in", "t": "5"}', ""], 2, "'t' is \"5\""),
        ([HEAD, '{"ev": "switch_in", "t": -5}', ""], 2, "'t' is -5"),
        ([HEAD, '{"ev": "switch_in", "t": 05}', ""], 2, "bad JSON"),
        ([HEAD, '{"ev":"switch_in","t":5}', '{"ev":"switch_in","t":4}', ""], 3, "never decreases"),
        ([HEAD, '{"ev": "mode", "mode": "user"}', ""], 2, "pv guest on x86_64"),
        ([HEAD, '{"ev": "use_space", "space": 0, "root": "user"}', ""], 2, "pv guest on x86_64"),
        (
            [HEAD, '{"ev": "observe", "frames": [{"gpa": "0x0", "first": 9, "last": 8}]}', ""],
            2,
            "last",
        ),
        ([HEAD, '{"ev": "note"}', ""], 2, "'text' is missing"),
    ],
)
def test_errors_name_their_line(lines: list[str | bytes], line: int, words: str) -> None:
    error = bad(*lines)
    assert error.line == line
    assert words in error.message
    assert str(error).endswith(error.message)


def test_an_error_far_down_has_the_right_line() -> None:
    lines = [HEAD, *LINES[4:6] * 10000, "", '{"ev": "switch_in", "vcpu": 7}', ""]
    assert bad(*lines).line == 20003


@pytest.mark.fault(
    "a compressed trace ends in the middle, or is broken",
    says="2: `IO001` or `IO005`",
    lost="nothing",
)
@pytest.mark.parametrize("cut", [gzip.compress, lzma.compress])
def test_truncated_and_broken_compression(cut: Any) -> None:
    data = cut(TEXT.encode() * 50)
    with pytest.raises(TraceError, match=r"truncated|bad JSON"):
        replay(io.BytesIO(data[: len(data) // 2]), "update")
    broken = bytearray(data)
    broken[len(data) // 2] ^= 0xFF
    with pytest.raises(TraceError):
        replay(io.BytesIO(bytes(broken)), "update")


def test_a_member_named_t_elsewhere_is_no_time() -> None:
    lines = [
        HEAD,
        '{"ev": "switch_in", "x": {"t": 9}, "t": 5}',
        '{"ev": "switch_in", "x": {"t": 8}, "t": 6}',
        '{"ev": "note", "text": "\\"t\\": 1"}',
        '{"ev": "note", "text": "t"}',
        '{"t": 7, "ev": "switch_in", "t": 8}',
        '{"t": 7, "ev": "switch_in", "t": 8}',
        '{"ev": "switch_in", "t":   9}',
    ]
    with Reader(lines) as reader:
        assert [event.t for event in reader] == [5, 6, None, None, 8, 8, 9]
    assert replay(lines, "update").events == 7
    with pytest.raises(TraceError) as caught:
        replay([*lines, '{"t": 99, "ev": "switch_in", "t": 8}'], "update")
    assert caught.value.line == 9


def test_fast_and_slow_reading_agree_on_shapes() -> None:
    """Lines of a known shape are not parsed as JSON; their addresses must come out all the same."""
    rng = random.Random(5)
    events: list[dict[str, Any]] = [use(0)]
    for _ in range(300):
        va = 0x100000000 + (rng.randrange(8) << 12)
        kind = rng.randrange(5)
        if kind == 0:
            events.append(
                {
                    "ev": "map",
                    "space": 0,
                    "gpa": hex(RAM + (rng.randrange(8) << 12)),
                    "va": hex(va),
                    "x": hex(rng.randrange(99)),
                }
            )
        elif kind == 1:
            events.append(
                {"note": hex(rng.randrange(99)), "ev": "unmap", "space": 0, "va": hex(va)}
            )
        elif kind == 2:
            events.append(register(va + rng.randrange(4096)))
        else:
            events += switch()
    lines = trace(*events)
    # A member with a nested value is never taken for a shape.
    slow = [lines[0], *(line[:-1] + ', "n": {"a": "\\u0062"}}' for line in lines[1:])]
    one, two = replay(lines, "update"), replay(slow, "update")
    assert one.vcpus == two.vcpus


def test_chunks_do_not_matter() -> None:
    class Chunks:
        def __init__(self, data: bytes, seed: int) -> None:
            self.data, self.rng = io.BytesIO(data), random.Random(seed)

        def read(self, _size: int) -> bytes:
            return self.data.read(self.rng.randrange(1, 3000))

    data = lzma.decompress((TRACES / "fuzz1-pv420.jsonl.xz").read_bytes())
    want = replay(io.BytesIO(data), "update", verify=True)
    for seed in range(5):
        assert replay(Chunks(data, seed), "update", verify=True) == want  # type: ignore[arg-type]


def test_schemas_are_valid_and_take_every_example() -> None:
    for name in ("header", "event"):
        jsonschema.Draft202012Validator.check_schema(load(name))
    head = jsonschema.Draft202012Validator(load("header"))
    schema = load("event")
    kinds = {
        name: jsonschema.Draft202012Validator({**schema["$defs"][name], "$defs": schema["$defs"]})
        for name in DECODERS
    }
    whole = jsonschema.Draft202012Validator(schema)
    assert schema["properties"]["ev"]["enum"] == list(DECODERS)
    seen: set[str] = set()
    for name in RECORDED:
        with lzma.open(TRACES / name, "rt") as file:
            head.validate(json.loads(next(file)))
            lines = set(file)
        for index, line in enumerate(sorted(lines)):
            obj = json.loads(line)
            if obj["ev"] not in seen:
                whole.validate(obj)
            seen.add(obj["ev"])
            if index % 5 == 0:
                assert kinds[obj["ev"]].is_valid(obj), line
    assert len(seen) >= 16


def mutations(obj: dict[str, Any], rng: random.Random) -> Iterator[dict[str, Any]]:
    values = [None, True, -1, 5, 1 << 70, "0x10", "user", "", [], {}, 1.5, "0x" + "f" * 17]
    for name in list(obj):
        yield {key: value for key, value in obj.items() if key != name}
        yield obj | {name: rng.choice(values)}


def test_reader_and_schema_refuse_the_same() -> None:
    schema = load("event")
    validator = jsonschema.Draft202012Validator(schema)
    rng = random.Random(1)
    pv = decode_header(header(arch="x86_64", guest="pv", vcpus=4096))
    samples: dict[tuple[str, ...], dict[str, Any]] = {}
    for name in RECORDED:
        with lzma.open(TRACES / name, "rt") as file:
            next(file)
            for line in file:
                obj = json.loads(line)
                samples.setdefault((obj["ev"], *sorted(obj)), obj)
    samples["reuse",] = ev("reuse", gpa=4096, as_="free")
    samples["stage",] = ev("stage", name_="kexec")
    samples["read",] = ev("read", vcpu=0, target=1)
    for obj in samples.values():
        for mutant in mutations(obj, rng):
            try:
                decode_event(mutant, pv)
                fast = True
            except BadEventError:
                fast = False
            if mutant.get("pages") in (None, 5) or not fast:
                assert fast == validator.is_valid(mutant), mutant


def test_jsonschema_is_not_imported_for_a_good_trace() -> None:
    code = (
        "import sys; from xlcfg.emulator import replay; "
        f"replay({str(TRACES / 'suite-4.17.jsonl.xz')!r}, 'update'); "
        "sys.exit('jsonschema' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_memory_does_not_grow_with_the_trace() -> None:
    body = [line + "\n" for line in LINES[4:]]

    def peak(times: int) -> int:
        def lines() -> Iterator[str]:
            yield HEAD + "\n"
            for i in range(times):
                for line in body:
                    yield line.replace('"ev"', f'"t": {i}, "ev"', 1)

        gc.collect()
        tracemalloc.start()
        replay(lines(), "update", verify=True)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    # Cycles wait for the collector, for longer in a process that has many objects.
    small, large = peak(150), peak(6000)
    assert large < small * 1.5 + 500_000


@pytest.mark.fault(
    "a line of a trace that never ends",
    says="2: `IO005`",
    lost="nothing",
)
def test_an_endless_line_is_refused() -> None:
    class Endless:
        def read(self, size: int) -> bytes:
            return b"x" * size

    with pytest.raises(TraceError, match="not a trace: a line of more than"):
        replay(Endless(), "update")  # type: ignore[arg-type]


def test_unknown_policy_and_model() -> None:
    with pytest.raises(ValueError, match="unknown policy"):
        replay(LINES, "auto")
    with pytest.raises(ValueError, match="unknown hypervisor model"):
        replay(LINES, "update", model="vmware")
