"""Runs the fuzz targets: seeds, changes to them, the bound on time, atheris where there is one."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from fuzz_targets import TARGETS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

#: CPU seconds that an input may take: some for any, and some for each byte. Linear in its size.
BASE, PER_BYTE = 0.5, 0.0005
#: Instrumented code is that much slower.
GUIDED = 8.0


class TooSlow(AssertionError):
    """An input took longer than its size allows."""


def timed(name: str, data: bytes, factor: float = 1.0) -> None:
    """Run a target; TooSlow when it takes longer than `data` may, three times in a row."""
    allowed = factor * (BASE + PER_BYTE * len(data))
    for _ in range(3):
        start = time.process_time()
        TARGETS[name](data)
        took = time.process_time() - start
        if took <= allowed:
            return
    raise TooSlow(f"{took:.2f} s for {len(data)} bytes, at most {allowed:.2f} s are allowed")


def seeds(name: str) -> list[bytes]:
    """Inputs to start from: what lies in `seeds` for it, what the tests and examples have."""
    return [path.read_bytes() for path in sorted((HERE / "seeds" / name).glob("*"))] + _others(name)


def found(name: str) -> list[Path]:
    """Inputs that once made a target fail."""
    return sorted((HERE / "found" / name).glob("*"))


def _others(name: str) -> list[bytes]:
    tests = ROOT / "tests"
    paths: list[Path] = []
    if name in ("guest", "mend", "upgrade", "parse", "editor"):
        paths = [*tests.glob("syntax/**/*.cfg"), *ROOT.glob("examples/*.cfg")]
    elif name == "cmdline":
        lines = (tests / "cmdline" / "observed.tsv").read_bytes().splitlines()
        return [line.split(b"\t")[-1] for line in lines[::20]] + [b"dom0_mem=1G,max:2G -- x=y"]
    elif name == "boot_file":
        paths = [p for p in (tests / "cmdline" / "files").iterdir() if p.suffix != ".expected"]
    elif name == "dts":
        paths = [*(tests / "cmdline" / "files").glob("*.dts")]
    elif name in ("trace", "trace_tools"):
        from xlcfg.emulator.generate import generate_trace

        return [
            "\n".join(generate_trace(seed, 60, arch=arch, guest=guest)).encode()
            for seed in range(4)
            for arch, guest in (("arm64", "pvh"), ("x86_64", "pv"), ("x86_64", "pvh"))
        ]
    return [path.read_bytes() for path in sorted(paths)]


WORDS = (
    b"[", b"]", b",", b"=", b"+=", b'"', b"'", b"\\", b"\n", b"\r\n", b";", b"#", b"\0", b"\xff",
    b"'''", b'"""', b"[[", b"vif", b"disk", b"name", b"type", b"memory", b"cpus", b"pci", b"vnuma",
    b"0x", b"-1", b"18446744073709551616", b"1e9", b"no-", b"=,:", b"{", b"}", b"null", b"true",
    b'"va"', b'"gpa"', b'"pages":1000000000', b'"t":0', b"\xe2\x80\x9c", b"\xef\xbb\xbf", b" ",
    b"9" * 5000, b"[" * 600, b'{"a":' * 600, b"\xed\xa0\x80", b"\\ud800", b"\xe2\x80\xae", b"<",
    b">", b"&", b"/>", b"<!--", b"]]>", b"&#0;", b"&{", b"/*",
    b"\xc2\xb2", b"1e999", b"NaN", b"@", b"/",
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
    TARGETS[name](pool[0])  # what is imported late counts for no input
    end = time.process_time() + seconds
    count = 0
    while count < least or time.process_time() < end:
        data = changed(rng, pool)
        try:
            timed(name, data)
        except BaseException:
            sys.stderr.write(f"{name}: {data!r}\n")
            raise
        count += 1
        if rng.random() < 0.02:
            pool[rng.randrange(len(pool))] = data  # changes pile up
    return count


def guided(name: str, seconds: float) -> None:
    """Fuzz with coverage to guide; ends the process. What was reached is kept in `.fuzz`."""
    import atheris

    corpus = ROOT / ".fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(name) + [path.read_bytes() for path in found(name)]):
        (corpus / f"seed-{number}").write_bytes(data)
    words = ROOT / ".fuzz" / f"{name}.dict"
    quoted = ("".join(f"\\x{byte:02x}" for byte in word) for word in WORDS if len(word) < 60)
    words.write_text("".join(f'"{word}"\n' for word in quoted))
    atheris.Setup(
        [name, f"-max_total_time={int(seconds)}", "-timeout=60", "-rss_limit_mb=1536",
         "-max_len=8192", "-print_final_stats=1", f"-artifact_prefix={ROOT}/.fuzz/{name}-",
         f"-dict={words}", str(corpus)],
        lambda data: timed(name, bytes(data), GUIDED),
    )  # fmt: skip
    atheris.Fuzz()


def main(arguments: list[str]) -> None:
    """`NAME SECONDS`: fuzz one target, or each in turn for `all`."""
    name, seconds = arguments[0], float(arguments[1])
    if name == "all":
        import subprocess

        codes = [
            subprocess.run([sys.executable, str(HERE / "fuzz_targets.py"), one, arguments[1]],
                           check=False).returncode
            for one in TARGETS
        ]  # fmt: skip
        sys.exit(any(codes))
    try:
        import atheris
    except ImportError:
        count = run(name, seconds, seed=int(time.time()))
        print(json.dumps({"target": name, "inputs": count, "guided": False}))
        return
    TARGETS[name](seeds(name)[0])
    atheris.instrument_all()
    guided(name, seconds)
