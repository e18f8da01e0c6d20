"""What is fuzzed: each target takes bytes, and must neither raise nor take long.

`python tests/fuzz/fuzz_targets.py NAME SECONDS` runs one for a while, with coverage to guide it
where atheris is installed, else with random changes to the seeds.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from xlcfg.checking import check_boot, check_source, plugin_failures
from xlcfg.context import ARCHITECTURES, Boot, Context
from xlcfg.hooks import Hooks
from xlcfg.report import FORMATS
from xlcfg.result import Result
from xlcfg.source import Source

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RELEASES = ("4.4", "4.10", "4.17", "4.20", "unstable")


def _context(data: bytes) -> Context:
    pick = sum(data[:64])
    return Context(
        RELEASES[pick % len(RELEASES)],
        ARCHITECTURES[pick // 7 % len(ARCHITECTURES)],
        Hooks(plugins=False),
    )


def guest(data: bytes) -> None:
    """A guest config, in every format; no place outside the file, no control character."""
    context = _context(data)
    result = Result(context)
    report = check_source(Source("f\x1b.cfg", data), context)
    result.reports.append(report)
    plugin_failures(result)
    for d in report.diagnostics:
        assert d.start is None or d.end is None or 0 <= d.start <= d.end <= len(data) + 1, d
    _render(result)


def cmdline(data: bytes) -> None:
    """A boot command line."""
    context = _context(data)
    context.boot = Boot(Source("boot line", data))
    result = Result(context)
    result.reports.append(check_boot(context))
    _render(result)


def boot_file(data: bytes) -> None:
    """A file of a boot loader, as each kind there is."""
    from xlcfg.hostfiles import check_boot_file, check_xl_conf
    from xlcfg.source.files import BOOT_KINDS, recognise

    context = _context(data)
    result = Result(context)
    for kind in BOOT_KINDS:
        result.reports.append(check_boot_file(Source(f"f.{kind}", data), kind, context))
    result.reports.append(check_xl_conf(Source("xl.conf", data), context))
    recognise("f.cfg", data)
    _render(result)


def trace(data: bytes) -> None:
    """A boot trace, under both policies; only TraceError, EOFError and OSError say no."""
    from xlcfg.emulator import Reader, TraceError, compare

    try:
        with Reader(io.BytesIO(data)) as reader:
            compare(reader)
    except (TraceError, EOFError, OSError):
        pass


def _render(result: Result) -> None:
    for name in FORMATS:
        text = result.context.hooks.first("xlcfg_report", result=result, format=name)
        assert not set(text) & set("\x1b\x07\x9b\0"), name
        if name in ("json", "sarif", "gitlab"):
            json.loads(text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "guest": guest,
    "cmdline": cmdline,
    "boot_file": boot_file,
    "trace": trace,
}


def seeds(name: str) -> list[bytes]:
    """Inputs to start from: what the other tests and the examples have."""
    tests = ROOT / "tests"
    if name == "guest":
        found = [*tests.glob("syntax/**/*.cfg"), *ROOT.glob("examples/*.cfg")]
    elif name == "cmdline":
        lines = (tests / "cmdline" / "observed.tsv").read_bytes().splitlines()
        return [line.split(b"\t")[-1] for line in lines[::20]] + [b"dom0_mem=1G,max:2G -- x=y"]
    elif name == "boot_file":
        found = [p for p in (tests / "cmdline" / "files").iterdir() if p.suffix != ".expected"]
    else:
        from xlcfg.emulator.generate import generate_trace

        return [
            "\n".join(generate_trace(seed, 60, arch=arch, guest=guest)).encode()
            for seed in range(4)
            for arch, guest in (("arm64", "pvh"), ("x86_64", "pv"), ("x86_64", "pvh"))
        ]
    return [path.read_bytes() for path in sorted(found)]


WORDS = (
    b"[", b"]", b",", b"=", b"+=", b'"', b"'", b"\\", b"\n", b"\r\n", b";", b"#", b"\0", b"\xff",
    b"'''", b'"""', b"[[", b"vif", b"disk", b"name", b"type", b"memory", b"cpus", b"pci", b"vnuma",
    b"0x", b"-1", b"18446744073709551616", b"1e9", b"no-", b"=,:", b"{", b"}", b"null", b"true",
    b'"va"', b'"gpa"', b'"pages":1000000000', b'"t":0', b"\xe2\x80\x9c", b"\xef\xbb\xbf", b" ",
)  # fmt: skip


def changed(rng: random.Random, pool: list[bytes]) -> bytes:
    """One of the pool, with pieces cut out, doubled, put in from another, or bytes set."""
    data = bytearray(rng.choice(pool)[:4000])
    for _ in range(rng.randrange(1, 8)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 2, 8, 60)))
        kind = rng.randrange(5)
        if kind == 0:
            del data[at:end]
        elif kind == 1:
            data[at:at] = data[at:end] * rng.choice((1, 1, 2, 30))
        elif kind == 2:
            data[at:end] = rng.choice(WORDS)
        elif kind == 3:
            other = rng.choice(pool)
            start = rng.randrange(len(other) + 1)
            data[at:at] = other[start : start + rng.randrange(80)]
        elif data and at < len(data):
            data[at] = rng.randrange(256)
    return bytes(data)


def run(name: str, seconds: float, seed: int = 0, least: int = 0) -> int:
    """Fuzz for a while, `least` inputs at least; how many it were. What a target raises ends it."""
    rng = random.Random(seed)
    pool = seeds(name)
    target = TARGETS[name]
    end = time.process_time() + seconds
    count = 0
    while count < least or time.process_time() < end:
        data = changed(rng, pool)
        try:
            target(data)
        except BaseException:
            sys.stderr.write(f"{name}: {data!r}\n")
            raise
        count += 1
        if rng.random() < 0.02:
            pool[rng.randrange(len(pool))] = data  # changes pile up
    return count


def main(arguments: list[str]) -> None:
    """Fuzz one target."""
    name, seconds = arguments[0], float(arguments[1])
    try:
        import atheris
    except ImportError:
        print(f"{name}: {run(name, seconds, seed=int(time.time()))} inputs, without coverage")
        return
    atheris.instrument_all()
    corpus = ROOT / ".fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(data)
    atheris.Setup(
        [name, f"-max_total_time={int(seconds)}", "-timeout=20", "-rss_limit_mb=1024", str(corpus)],
        lambda data: TARGETS[name](bytes(data)),
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
