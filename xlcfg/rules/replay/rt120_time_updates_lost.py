"""Updates of a secondary time area that would not arrive.

What it does
------------
Counts at every switch in whether an update of the vCPU's secondary time area (registered by op 13
or 15) would reach it, and says why not.

Why
---
Xen keeps a copy of a vCPU's time record in the area, for clocks that are read in user mode. It
writes the copy where the vCPU is switched in, if the record has changed since, by the same two
models as the runstate area: under the policy `update` through the page tables active then. A copy
that is not written is a clock that goes on with an old scale. When the record changes is in no
trace, so every switch in counts.

Example
-------
    # xlcfg: --arch x86_64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_vcpu_time_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch x86_64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_vcpu_time_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xlcfg.core.diagnostics import INFO, WARNING
from xlcfg.core.units import count, share
from xlcfg.rules.replay._shared import NAMED, Finding, lines_of, only, who

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay, TimeReport, VcpuReport

CODE = "RT120"
NAME = "time-updates-lost"
SUMMARY = "updates of a secondary time area would not arrive"
TITLE = "updates of the secondary time area lost"
SEVERITY = ("warning", "info")
FIX = ""
IMPACT = "loses updates"

_CAUSES = {
    "other tables": "the page tables active then do not map its address",
    "unmapped": "its address is not mapped",
    "read-only": "it is mapped read-only",
    "no RAM": "its address leads to no RAM",
    "ballooned out": "its frame is ballooned out",
    "page replaced": "another page is behind its frame by now",
}


def check(replay: Replay) -> Iterator[Finding]:
    """A finding for lost updates, for torn ones, and for those without the area asked for."""
    found = [(vcpu, vcpu.time) for vcpu in replay.vcpus if vcpu.time is not None]
    due = sum(time.attempts for _, time in found)
    lost = [(vcpu, time) for vcpu, time in found if time.lost]
    if lost:
        yield _lost(lost, due)
    torn = [(vcpu, time) for vcpu, time in found if time.partial]
    if torn:
        number = sum(time.partial for _, time in torn)
        yield Finding(
            CODE,
            WARNING,
            f"{number} of {due} updates of the secondary time area ({share(number, due)}) would "
            "be torn: it crosses a page and only part of it can be written",
            "Place the area so that it does not cross a page boundary.",
            lines_of(time.first_partial for _, time in torn[:NAMED]),
            only([vcpu for vcpu, _ in torn]),
        )
    without = [(vcpu, time) for vcpu, time in found if time.missed or time.dropped is not None]
    if without:
        yield _without(without)
    hidden = [(vcpu, time) for vcpu, time in found if time.shadowed]
    if hidden:
        vcpus = [vcpu for vcpu, _ in hidden]
        number = sum(time.shadowed for _, time in hidden)
        yield Finding(
            CODE,
            WARNING,
            f"{who(vcpus)}: a secondary time area is registered by address while a physical one "
            f"is in force, and is not updated: {count(number, 'update')} to the physical one",
            "Take the physical area back (address ~0) before registering by address.",
            (),
            only(vcpus),
        )


def _lost(found: list[tuple[VcpuReport, TimeReport]], due: int) -> Finding:
    vcpus = [vcpu for vcpu, _ in found]
    number = sum(time.lost for _, time in found)
    why: Counter[str] = Counter()
    for _, time in found:
        why.update(time.lost_why)
    main, most = why.most_common(1)[0]
    text = (
        f"{who(vcpus)}: {number} of {due} updates of the secondary time area "
        f"({share(number, due)}) would be lost: {_CAUSES[main]}"
    )
    if number > most:
        text += f"; in {count(number - most, 'case')} for another reason"
    severity = WARNING
    caught_up = sum(time.caught_up for _, time in found)
    if caught_up:
        times = count(caught_up, "time")
        text += f"; {times} Xen would make up for it at the toggle to kernel mode"
        if sum(time.deferred for _, time in found) == number:
            severity = INFO
    return Finding(
        CODE,
        severity,
        text,
        "Keep the area mapped in every set of page tables the vCPU runs on.",
        lines_of(time.first_lost for _, time in found[:NAMED]),
        only(vcpus),
    )


def _without(found: list[tuple[VcpuReport, TimeReport]]) -> Finding:
    vcpus = [vcpu for vcpu, _ in found]
    missed = sum(time.missed for _, time in found)
    dropped = [time.dropped for _, time in found if time.dropped is not None]
    what = "the secondary time area that was asked for is refused"
    if dropped:
        what = "a refused call takes the secondary time area registered before with it"
    rest = f"{count(missed, 'update')} asked for without one" if missed else "none is in force"
    return Finding(
        CODE,
        WARNING,
        f"{who(vcpus)}: {what}; {rest}",
        "Register again, with the area mapped.",
        lines_of(dropped[:NAMED]),
        only(vcpus),
    )
