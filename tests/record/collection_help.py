"""Writes the table of the collection of boots, `examples/boots/README.md`.

python tests/record/collection_help.py
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BOOTS = ROOT / "examples" / "boots"
PAGE = BOOTS / "README.md"
_CALLS = {
    "register_runstate_memory_area": "op 5, by virtual address",
    "register_runstate_phys_area": "op 14, by physical address",
}
_HEAD = """\
# Boots

Boots of Debian's kernels on Debian's releases of Xen, recorded by `xlcfg record` under QEMU with
its load in user mode, two vCPUs on one CPU (of arm32 each on its own), from the first instruction
to the end (HVM: until both have registered). What each was made with is in the notes at its
beginning. `xlcfg verdict examples/boots` says what becomes of them, and `xlcfg replay --verify`
that the emulator predicts what Xen did. "At" is the hypervisor's time when the first call was made,
to the last switch before it.

None of these guests breaks under either policy: Linux registers no area while its page tables of
user mode lack the kernel (KPTI) on arm64, and Xen makes up for what PV guests miss. The guest that
does break is `../linux-kpti-arm64.jsonl.gz`: Linux 6.1 with that check taken out, as kernels before
5.7 are.

"""
_TABLE = "| boot | registers | at | update | hypercall | updates | lost under update |\n"


class Boot(NamedTuple):
    """What a trace says by itself."""

    name: str
    header: dict[str, Any]
    registers: str
    when: str


def boots() -> list[Path]:
    """The traces of the collection, in order."""
    return sorted(BOOTS.glob("*.jsonl.gz"), key=_in_order)


def _in_order(path: Path) -> tuple[Any, ...]:
    """6.12 comes after 6.1."""
    return tuple(int(w) if w.isdecimal() else w for w in re.split(r"(\d+)", path.name))


def read(path: Path) -> Boot:
    """What a trace registers, when, and by which call."""
    with gzip.open(path, "rt") as file:
        header = json.loads(file.readline())
        calls: Counter[str] = Counter()
        targets, when, time = set(), "", 0
        for line in file:
            event = json.loads(line)
            time = event.get("t", time)
            if event["ev"] != "vcpu_op" or event.get("ret", 0):
                continue
            if not calls:
                when = f"{time / 1e9:.1f} s" if time else "before any switch"
            calls[_CALLS.get(event["op"], event["op"])] += 1
            targets.add(event["target"])
    by = "; ".join(f"{how}, {n} calls" for how, n in calls.items())
    registers = f"{len(targets)} vCPUs: {by}" if calls else "nothing"
    return Boot(path.name.removesuffix(".jsonl.gz"), header, registers, when or "-")


def _xlcfg(*words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", *words, "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout)


def page() -> str:
    """The page as it should be."""
    out = [_HEAD, _TABLE, "|---" * 7 + "|\n"]
    verdicts = {Path(t["path"]).name: t for t in _xlcfg("verdict", str(BOOTS))["traces"]}
    replays = _xlcfg("replay", "--policy", "update", *map(str, boots()))["replays"]
    for path, replay in zip(boots(), replays, strict=True):
        boot = read(path)
        verdict = verdicts[path.name]
        due, lost = totals(replay)
        out.append(
            f"| {boot.name} | {boot.registers} | {boot.when} | {verdict['update']} | "
            f"{verdict['hypercall']} | {due:,} | {lost:,} |\n"
        )
    return "".join(out)


def totals(replay: Any) -> tuple[int, int]:
    """Updates due and lost, of the JSON of a replay."""
    vcpus = replay["vcpus"]
    return sum(v["attempts"] for v in vcpus), sum(v["lost"] for v in vcpus)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
