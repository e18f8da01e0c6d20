"""Real boots, as `docs/record.md` has them: recorded, verified, and told from wrong predictions.

Together they take less than three minutes of a machine that has little else to do. What they need
is fetched through apt into the cache of `xlcfg record`, and a gigabyte is kept there.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from support import ROOT, Cli
from xlcfg.record.images import Images

xlcfg = Cli()

#: Seconds that a boot may take.
ARM_LIMIT, X86_LIMIT = "60", "120"
#: Wrong rules of the emulator: what is written instead of what, and which boot shows it.
READ_ONLY = ("gpa >> PAGE_SHIFT << 1 | ro", "gpa >> PAGE_SHIFT << 1 | 1")
ALWAYS_KERNEL = ('vcpu.user_mode = mode == "user"', "vcpu.user_mode = False")
NO_SECOND_TRY = ("vcpu.pending = True", "vcpu.pending = False")


def verified(trace: Path, package: Path = ROOT) -> tuple[int, str]:
    """The exit code and the text of `replay --verify`, by the xlcfg in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", "replay", "--verify", str(trace)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(package), str(ROOT / "plugins")))},
        capture_output=True,
        text=True,
        check=False,
        cwd=trace.parent,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def with_wrong_rule(folder: Path, rule: tuple[str, str]) -> Path:
    """A copy of xlcfg with one rule of its emulator changed."""
    old, new = rule
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("xlcfg", "grammars"):
        shutil.copytree(ROOT / name, folder / name)
    changed = 0
    for path in (folder / "xlcfg" / "emulator").glob("*.py"):
        text = path.read_text()
        changed += text.count(old)
        path.write_text(text.replace(old, new))
    assert changed, f"the emulator has no {old!r} any more"
    return folder


def differences(text: str) -> Counter[str]:
    """kind -> how many recorded results differ from the prediction."""
    found = re.findall(r"(\d+) (ret|wrote|retry), (\d+) differ", text)
    assert found, text
    return Counter({kind: int(number) for _, kind, number in found})


def compared(text: str) -> dict[str, int]:
    """kind -> how many recorded results were compared."""
    return {k: int(n) for n, k, _ in re.findall(r"(\d+) (ret|wrote|retry), (\d+) differ", text)}


PAGE = ROOT / "docs" / "record.md"


def commands(heading: str) -> list[list[str]]:
    """The words of the commands that a section of the page tells its reader to run."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\$ xlcfg (.*)$", section, re.MULTILINE)
    assert lines, heading
    return [shlex.split(line) for line in lines]


def follow(heading: str, folder: Path, *limit: str) -> list[str]:
    """What the commands of a section print; recordings have these limits."""
    said = []
    for words in commands(heading):
        begun = time.monotonic()
        done = xlcfg(*words, *(limit if words[0] == "record" else ()), cwd=folder)
        print(f"{shlex.join(words)}: {time.monotonic() - begun:.1f} s\n{done.stdout[:300]}")
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout)
    return said


def checked(trace: Path) -> str:
    """What `replay --verify` says of a trace that is as it should be."""
    lint = xlcfg("trace", "lint", str(trace))
    assert lint.returncode == 0, lint.stdout[:2000]
    code, text = verified(trace)
    assert code == 0, text
    assert not +differences(text)
    return text


def header(trace: Path) -> dict[str, object]:
    with gzip.open(trace, "rt") if trace.suffix == ".gz" else trace.open() as file:
        found: dict[str, object] = json.loads(file.readline())
    return found


@pytest.mark.boots
@pytest.mark.needs("recorder-arm64")
def test_arm64_boots(tmp_path: Path) -> None:
    made, compared_both, verdict, lint = follow(
        "From nothing to a verdict", tmp_path, "--limit", ARM_LIMIT
    )
    assert "2 of 2 vCPUs came up, 2 registered an area" in made
    assert "verdict: this guest cannot tell the policies apart" in compared_both
    assert "0 differ" in verdict
    assert lint == "No problems.\n"
    text = checked(tmp_path / "a.jsonl")
    assert compared(text)["ret"] == 2
    assert compared(text)["wrote"] > 900
    told = header(tmp_path / "a.jsonl")
    assert told["arch"] == "arm64"
    assert "p2m" in told["lacks"]  # type: ignore[operator]
    code, text = verified(tmp_path / "a.jsonl", with_wrong_rule(tmp_path / "wrong", READ_ONLY))
    assert code == 1
    assert differences(text)["wrote"] > 900

    kernel = Images(lambda _: None).kernel("debian:bookworm", "arm64").path
    (tmp_path / "Image").symlink_to(kernel)
    made, compared_both = follow("My own kernel", tmp_path, "--limit", ARM_LIMIT)
    assert "2 of 2 vCPUs came up, 0 registered an area" in made
    assert "no area is registered: the policies cannot be told apart" in compared_both

    (made,) = follow("A domU on arm64", tmp_path, "--limit", ARM_LIMIT)
    assert "2 of 2 vCPUs came up, 2 registered an area" in made
    checked(tmp_path / "domu.jsonl.gz")


@pytest.mark.slow
@pytest.mark.needs("recorder-arm64", "recorder-x86_64")
def test_boots_of_32_bits(tmp_path: Path) -> None:
    for made in follow("Guests of 32 bits", tmp_path, "--limit", "600"):
        assert "2 of 2 vCPUs came up, 2 registered an area" in made
    for arch, size in (("arm32", 48), ("x86_32", 44)):
        trace = tmp_path / f"{arch}.jsonl.gz"
        assert (header(trace)["arch"], header(trace)["runstate_size"]) == (arch, size)
        assert compared(checked(trace))["ret"] == 2


@pytest.mark.slow
@pytest.mark.needs("recorder-arm64")
def test_the_same_command_comes_to_the_same_conclusions(tmp_path: Path) -> None:
    words = ("--arch", "arm64", "--kernel", "debian:6.1", "--xen", "debian:4.17", "--limit", "300")
    seen = []
    for name, more in (("a", ()), ("b", ()), ("c", ("--icount",)), ("d", ("--icount",))):
        trace = tmp_path / f"{name}.jsonl"
        done = xlcfg("record", *words, *more, "--until", "updates=400", "-o", str(trace))
        assert done.returncode == 0, done.stdout + done.stderr
        assert not +differences(checked(trace))
        calls = [
            (call["op"], call["target"], call["ret"])
            for call in map(json.loads, trace.read_text().splitlines())
            if call.get("ev") == "vcpu_op"
        ]
        verdict = json.loads(xlcfg("verdict", str(trace), "--format", "json").stdout)["traces"][0]
        seen.append((calls, verdict["update"], verdict["hypercall"]))
    assert seen[0][0]
    assert all(one == seen[0] for one in seen[1:]), seen
    # by instructions, it is the same boot
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "d.jsonl").read_bytes()


@pytest.mark.slow
@pytest.mark.needs("recorder-x86_64")
def test_an_x86_boot_by_instructions_is_always_the_same(tmp_path: Path) -> None:
    words = ("--kernel", "debian:6.1", "--xen", "debian:4.17", "--icount", "--limit", "600")
    for name in ("a", "b"):
        trace = tmp_path / f"{name}.jsonl"
        done = xlcfg("record", *words, "--until", "console=round 20", "-o", str(trace))
        assert done.returncode == 0, done.stdout + done.stderr
    assert compared(checked(trace))["wrote"] > 500
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


@pytest.mark.slow
@pytest.mark.needs("recorder-x86_64")
def test_an_x86_domu(tmp_path: Path) -> None:
    (made,) = follow("A domU on x86", tmp_path, "--limit", "400")
    # the first vCPU registers the second one's area, which may not have come up yet
    assert "2 registered an area" in made
    checked(tmp_path / "pv.jsonl.gz")


@pytest.mark.boots
@pytest.mark.needs("recorder-x86_64")
def test_an_x86_boot(tmp_path: Path) -> None:
    made, _ = follow("x86", tmp_path, "--limit", X86_LIMIT)
    assert "2 of 2 vCPUs came up, 2 registered an area" in made
    trace = tmp_path / "x86.jsonl.gz"
    text = checked(trace)
    assert compared(text)["ret"] == 3
    assert compared(text)["wrote"] > 500
    assert compared(text)["retry"] > 10
    assert "the user-mode tables" in " ".join(text.split())
    for rule, kind in ((ALWAYS_KERNEL, "wrote"), (NO_SECOND_TRY, "retry")):
        code, text = verified(trace, with_wrong_rule(tmp_path / "wrong", rule))
        assert code == 1
        assert differences(text)[kind] > 10, rule
