"""`python -m benchmarks.recording [KIND...]`: how long recorded boots take, and plain ones.

Each boot runs until its load begins, by turns with and without the recorder's eyes on it, and the
medians are printed as a table. Nothing else should keep the machine busy.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from unittest import mock

from xlcfg.record import job
from xlcfg.record.initrd import LOAD_BEGINS
from xlcfg.record.job import Order, record
from xlcfg.record.recording import Limits, Until

#: kind -> what is ordered
KINDS = {
    "arm64 dom0": {"arch": "arm64", "kernel": "debian:6.1", "xen": "debian:4.17"},
    "arm64 domU": {
        "arch": "arm64", "kernel": "debian:6.12", "xen": "debian:4.20", "guest": "domu",
    },
    "arm32 dom0": {"arch": "arm32", "kernel": "debian:6.1", "xen": "debian:4.17"},
    "x86_64 PV dom0": {"arch": "x86_64", "kernel": "debian:6.1", "xen": "debian:4.17"},
    "x86_64 PV domU": {
        "arch": "x86_64", "kernel": "debian:6.1", "xen": "debian:4.17", "guest": "domu",
    },
    "x86_64 PVH dom0": {
        "arch": "x86_64", "kernel": "debian:6.12", "xen": "debian:4.20", "type": "pvh",
    },
    "x86_64 PVH domU": {
        "arch": "x86_64", "kernel": "debian:6.12", "xen": "debian:4.20", "type": "pvh",
        "guest": "domu",
    },
}  # fmt: skip


def seconds(kind: str, watched: bool, limit: float) -> float:
    """How long a boot takes until its load begins."""
    with tempfile.TemporaryDirectory() as folder:
        until = Until.parse(f"console={LOAD_BEGINS}")
        output = str(Path(folder) / "t.jsonl")
        order = Order(output=output, until=until, limits=Limits(seconds=limit), **KINDS[kind])
        watching = job.observer_for

        def blind(*given):  # type: ignore[no-untyped-def]
            observer = watching(*given)
            observer.begin = lambda: None  # it never stops
            return observer

        with mock.patch.object(job, "observer_for", watching if watched else blind):
            done = record(order, lambda _: None)
    if not done.outcome.good:
        raise SystemExit(f"{kind}: {done.outcome.why}")
    return done.outcome.seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recording", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is booted")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for one boot")
    arguments = parser.parse_args()
    kinds = arguments.kinds or list(KINDS)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}")
    print("| kind | plain | recorded | ratio |\n|---|---|---|---|", flush=True)
    for kind in kinds:
        plain, recorded = [], []
        for _ in range(arguments.rounds):
            plain.append(seconds(kind, False, arguments.limit))
            recorded.append(seconds(kind, True, arguments.limit))
        before, after = statistics.median(plain), statistics.median(recorded)
        ratio = statistics.median(b / a for a, b in zip(plain, recorded, strict=True))
        print(f"| {kind} | {before:.0f} s | {after:.0f} s | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
