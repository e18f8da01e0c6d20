"""Runs the fuzz targets: seeds, changes to them, the bound on time, atheris where there is one."""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import os
import random
import secrets
import signal
import struct
import sys
import time
import traceback
from functools import cache
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


@cache
def _seeds(name: str) -> tuple[bytes, ...]:
    own = [path.read_bytes() for path in sorted((HERE / "seeds" / name).glob("*"))]
    return (*own, *_others(name))


def seeds(name: str) -> list[bytes]:
    """Inputs to start from: what lies in `seeds` for it, what the tests and examples have."""
    return list(_seeds(name))


def found(name: str) -> list[Path]:
    """Inputs that once made a target fail."""
    return sorted((HERE / "found" / name).glob("*"))


def _others(name: str) -> list[bytes]:
    tests = ROOT / "tests"
    paths: list[Path] = []
    if name in ("guest", "mend", "upgrade", "parse", "editor"):
        paths = [*tests.glob("syntax/**/*.cfg"), *ROOT.glob("examples/*.cfg")]
        return [path.read_bytes() for path in sorted(paths)] + _pages("XL", "XD", "RS")
    if name == "pool":
        return _pages("CP")
    if name == "image":
        elf = Path(sys.executable).resolve().read_bytes()[:4000]
        head = b"MZ\0\0zimg" + struct.pack("<II", 64, 60) + bytes(8) + b"gzip".ljust(40, b"\0")
        return [elf, gzip.compress(elf[:500]), head + gzip.compress(b"x" * 2000)]
    if name == "cmdline":
        lines = (tests / "cmdline" / "observed.tsv").read_bytes().splitlines()
        told = [line.split(b"\t")[-1] for line in lines[::20]]
        return [*told, b"dom0_mem=1G,max:2G -- x=y", *_pages("BL")]
    if name == "boot_file":
        paths = [p for p in (tests / "cmdline" / "files").iterdir() if p.suffix != ".expected"]
        return [path.read_bytes() for path in sorted(paths)] + _pages("XC", "IG")
    if name == "dts":
        paths = [*(tests / "cmdline" / "files").glob("*.dts")]
        return [path.read_bytes() for path in sorted(paths)] + _pages("DT")
    if name == "libvirt":
        return _pages("LV")
    if name == "xapi":
        return _pages("XA")
    if name in ("trace", "trace_tools"):
        from xlcfg.emulator.generate import generate_trace

        return [
            "\n".join(generate_trace(seed, 60, arch=arch, guest=guest)).encode()
            for seed in range(4)
            for arch, guest in (("arm64", "pvh"), ("x86_64", "pv"), ("x86_64", "pvh"))
        ]
    return [path.read_bytes() for path in sorted(paths)]


def _pages(*families: str) -> list[bytes]:
    """The examples of these families of rules, and what their pages write in place of them."""
    from rules.pages import CODES, block, contributed

    codes = [code for code in (*CODES, *contributed()) if code[:2] in families]
    texts = [block(code, part) for code in codes for part in ("Example", "Fix")]
    return [text.encode("utf-8", "surrogateescape") for text in texts if len(text) < 4000]


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


# ---- many inputs -------------------------------------------------------------------------------

#: Inputs between two that start from the seeds anew, so that changes do not pile up for ever.
ROUND = 2000
#: CPU seconds of a round.
ROUND_SECONDS = 0.2
#: An input may take that much longer than allowed before it is ended.
HANGS = 20.0


class Hangs(BaseException):
    """An input has not ended after many times what its size allows. Nobody may catch it."""


def _stop(_number: int, _frame: object) -> None:
    raise Hangs


class Campaign:
    """Fuzzes all targets by turns; what fails is kept in `.fuzz/failed`, and it goes on.

    `seed` and a round's number make a round's inputs.
    """

    def __init__(self, names: list[str], seed: int, folder: Path) -> None:
        self.seed = seed
        self.folder = folder
        self.counts = dict.fromkeys(names, 0)
        self.cpu = dict.fromkeys(names, 0.0)
        #: the largest part of what it may take that an input has taken, and that input
        self.worst = dict.fromkeys(names, (0.0, b""))
        #: where it was raised: how often
        self.failed: dict[str, int] = {}

    def go(self, least: int) -> None:
        """Rounds until there were `least` inputs."""
        signal.signal(signal.SIGPROF, _stop)
        gc.freeze()
        number = 0
        done = 0
        while done < least:
            for name in self.counts:
                size = 20 if number == 0 else self._size(name)
                self._round(name, number, size)
            done = sum(self.counts.values())
            number += 1
            if number % 5 == 0:
                print(
                    f"{done} inputs, {sum(self.cpu.values()):.0f} s, seed {self.seed}", flush=True
                )
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _size(self, name: str) -> int:
        """The same time for each target, in at most ROUND inputs."""
        each = self.cpu[name] / self.counts[name]
        return min(ROUND, int(ROUND_SECONDS / max(each, 1e-6)) + 1)

    def _round(self, name: str, number: int, count: int) -> None:
        rng = random.Random(f"{self.seed} {name} {number}")
        pool = seeds(name)
        TARGETS[name](pool[0])
        for _ in range(count):
            data = changed(rng, pool)
            self._input(name, data)
            if rng.random() < 0.02:
                pool[rng.randrange(len(pool))] = data

    def _input(self, name: str, data: bytes) -> None:
        allowed = BASE + PER_BYTE * len(data)
        signal.setitimer(signal.ITIMER_PROF, HANGS * allowed)
        start = time.process_time()
        try:
            TARGETS[name](data)
        except (Exception, Hangs, GeneratorExit) as error:
            self._keep(name, data, error)
        took = time.process_time() - start
        self.counts[name] += 1
        self.cpu[name] += took
        if took / allowed > self.worst[name][0]:
            self.worst[name] = (took / allowed, data)
            if took > allowed:
                signal.setitimer(signal.ITIMER_PROF, HANGS * 3 * allowed)
                try:
                    timed(name, data)
                except (TooSlow, Hangs) as error:
                    self._keep(name, data, error)

    def _keep(self, name: str, data: bytes, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = next((f for f in reversed(frames) if "xlcfg" in f.filename), frames[-1])
        place = f"{name}: {type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
        self.failed[place] = self.failed.get(place, 0) + 1
        if self.failed[place] > 3:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        print(f"{place}: {str(error)[:200]!r}: {path}", flush=True)

    def told(self) -> str:
        """What it came to, a line a target."""
        lines = [
            f"{name:12} {self.counts[name]:8} inputs {self.cpu[name]:8.1f} s, "
            f"the slowest took {self.worst[name][0]:.2f} of its time"
            for name in self.counts
        ]
        lines += [f"{count} times {place}" for place, count in self.failed.items()]
        total = f"{sum(self.counts.values())} inputs, {sum(self.failed.values())} failed"
        return "\n".join([*lines, f"{total}, seed {self.seed}"])


def campaign(names: list[str], least: int) -> int:
    """Fuzz so many inputs, spread over targets; 1 when one of them failed."""
    seed = int(os.environ.get("XLCFG_FUZZ_SEED") or secrets.randbits(32))
    print(f"XLCFG_FUZZ_SEED={seed}", flush=True)
    run_of_all = Campaign(names, seed, ROOT / ".fuzz" / "failed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        run_of_all.go(least)
    finally:
        print(run_of_all.told(), flush=True)
    return int(bool(run_of_all.failed))


# ---- with coverage -----------------------------------------------------------------------------


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
    """`NAME SECONDS`: fuzz one target, or each in turn for `all`; `NAME --inputs N`: so many."""
    name = arguments[0]
    if arguments[1] == "--inputs":
        sys.exit(campaign(list(TARGETS) if name == "all" else [name], int(arguments[2])))
    seconds = float(arguments[1])
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
