"""Mutated configs against the real xl: a config that works, with something spoiled in its text.

    python tests/engine/mutants.py RELEASE COUNT [FOLDER...]

Without a folder the configs are those of `examples` and the tests, and what `generator.py` makes.
The seed is printed; `XLCFG_FUZZ_SEED` repeats a run. It prints each config that xl and the engine
judge differently, or on which xl does not end, and at the end how many there were of each.
"""

from __future__ import annotations

import os
import random
import re
import secrets
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent / "oracle"), str(ROOT)]

import generator  # noqa: E402
from diff import host_for, host_of  # noqa: E402
from trees import render  # noqa: E402
from xl_oracle import XlServer  # noqa: E402

from xlcfg.model.settings import Settings  # noqa: E402
from xlcfg.model.xl import read  # noqa: E402
from xlcfg.syntax.guest import read_guest  # noqa: E402

_WORD = re.compile(rb"[A-Za-z_][\w.-]*|\d\w*|[^\w\s]")
_LINES = re.compile(rb"[^\n]*\n?")
#: numbers at which C's readers of numbers change their mind
_NUMBERS = (
    b"0 1 -1 +1 007 08 0x10 0x 16 255 256 1024 65535 65536 2147483647 2147483648 4294967295 "
    b"4294967296 9223372036854775807 9223372036854775808 18446744073709551615 "
    b"18446744073709551616 99999999999999999999 -18446744073709551616 1e3 1.5"
).split()
_PIECES = (
    b"", b" ", b"  ", b"\t", b"\n", b",", b",,", b"=", b"+=", b":", b";", b"#", b"-", b"^", b"@",
    b'"', b"'", b"[", b"]", b"[]", b"[[", b"]]", b"\\", b"\\x41", b"\\q", b"\xc3\xa9", b"\xff",
    b"\r\n", b"/", b"zz", b"None", b"True", b"file:", b"phy:", b"mac=", b"node:", b"all",
)  # fmt: skip


def mutated(chance: Random, config: bytes, others: list[bytes]) -> bytes:
    """`config` with one to four changes to lines, words, numbers or bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        config = chance.choice(_CHANGES)(chance, config, others)
    return config


def _swapped_word(chance: Random, config: bytes, others: list[bytes]) -> bytes:
    """A word replaced by one of any config."""
    mine = list(_WORD.finditer(config))
    theirs = _WORD.findall(chance.choice(others))
    if not mine or not theirs:
        return config
    word = chance.choice(mine)
    return config[: word.start()] + chance.choice(theirs) + config[word.end() :]


def _other_number(chance: Random, config: bytes, others: list[bytes]) -> bytes:
    """A number replaced by one at a limit."""
    numbers = list(re.finditer(rb"\d\w*", config))
    if not numbers:
        return config
    number = chance.choice(numbers)
    return config[: number.start()] + chance.choice(_NUMBERS) + config[number.end() :]


def _piece(chance: Random, config: bytes, others: list[bytes]) -> bytes:
    """A few characters put in or in place of others."""
    at = chance.randrange(len(config) + 1)
    end = at + chance.choice((0, 0, 1, 2, 8))
    return config[:at] + chance.choice(_PIECES) + config[end:]


def _byte(chance: Random, config: bytes, others: list[bytes]) -> bytes:
    """A bit flipped."""
    if not config:
        return config
    at = chance.randrange(len(config))
    flipped = config[at] ^ (1 << chance.randrange(8))
    return config[:at] + bytes([flipped or 1]) + config[at + 1 :]


def _line(chance: Random, config: bytes, others: list[bytes]) -> bytes:
    """A line dropped, doubled, moved or taken from another config."""
    lines = _LINES.findall(config)
    at = chance.randrange(len(lines))
    how = chance.randrange(4)
    if how == 0:
        del lines[at]
    elif how == 1:
        lines.insert(at, lines[at])
    elif how == 2:
        lines.insert(chance.randrange(len(lines)), lines.pop(at))
    else:
        lines.insert(at, chance.choice(_LINES.findall(chance.choice(others))))
    return b"".join(lines)


_CHANGES = (_swapped_word, _swapped_word, _other_number, _other_number, _piece, _byte, _line, _line)


def own_configs(chance: Random) -> list[bytes]:
    """Configs to start from: those of the examples and tests, and as many of the generator."""
    paths = [*ROOT.glob("examples/*.cfg"), *ROOT.glob("tests/**/*.cfg")]
    texts = [path.read_bytes() for path in sorted(paths) if path.stat().st_size < 20_000]
    return texts + [render(generator.config(chance)) for _ in range(max(200, len(texts)))]


def given_configs(folders: list[str]) -> list[bytes]:
    """Every config below the folders."""
    paths = [p for folder in folders for p in Path(folder).rglob("*") if p.is_file()]
    return [path.read_bytes() for path in sorted(paths) if path.stat().st_size < 20_000]


def judged(
    server: XlServer, configs: Iterator[bytes]
) -> Iterator[tuple[bytes, bool, dict[str, object], list[str]]]:
    """Of each config: whether the engine has it refused, xl's answer, and why the engine does."""
    host = host_of(server)
    for text in configs:
        document = read_guest(text.decode("latin-1"))
        refused, why = document.refused, ["syntax"]
        if not refused:
            settings = Settings(document)
            names = [(name, "") for name in settings.by_name]
            reading = read(settings, server.release, "x86_64", host_for(names, host))
            refused = reading.refused
            why = [o.kind for o in reading.outcomes if o.effect in ("refused", "crash")]
        yield text, refused, server.build(text), why


#: how xl dies of too much CPU, or of too much time
_NO_END = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM)


def main(arguments: list[str]) -> int:
    """Compare; 1 when a config is judged differently."""
    release, count = arguments[0], int(arguments[1])
    seed = int(os.environ.get("XLCFG_FUZZ_SEED") or secrets.randbits(32))
    print(f"XLCFG_FUZZ_SEED={seed}", flush=True)
    chance = random.Random(seed)
    pool = given_configs(arguments[2:]) or own_configs(chance)
    configs = (mutated(chance, chance.choice(pool), pool) for _ in range(count))
    tried = refusals = wrong = endless = 0
    try:
        for text, refused, answer, why in asked(release, configs):
            tried += 1
            refusals += refused
            if answer["rc"] in _NO_END:
                endless += 1  # counted as refused
                print(f"xl does not end: {text!r}\n  engine: {why}", flush=True)
            # one that ends later is neither refused nor has it reached the domain
            if refused == answer["reached"] and answer["rc"] not in _NO_END:
                wrong += 1
                told = f"  xl: {answer['rc']} {answer['err']!r}\n  engine: {why}"
                print(f"{text!r}\n{told}", flush=True)
            if tried % 1_000 == 0:
                print(f"{release}: {tried} tried, {wrong} judged differently", flush=True)
    finally:
        told = f"{refusals} refused, {wrong} judged differently, {endless} without an end"
        print(f"{release}: {tried} tried, {told}", flush=True)
    return int(wrong > 0)


def asked(
    release: str, configs: Iterator[bytes]
) -> Iterator[tuple[bytes, bool, dict[str, object], list[str]]]:
    """As `judged`; what does not end is ended after some CPU."""
    while some := list(islice(configs, 1000)):
        with XlServer(release, cpu=2) as server:
            yield from judged(server, iter(some))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
