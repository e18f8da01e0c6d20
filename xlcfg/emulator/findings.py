"""From counts to what a kernel developer should be told, with stable codes RT101.."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlcfg.core.diagnostics import ERROR, INFO, SEVERITIES, WARNING

from .results import MisplacedWrites
from .terms import (
    ENOENT,
    OP_NUMBERS,
    REGISTER_PHYS,
    REGISTER_VA,
    errno_name,
)

if TYPE_CHECKING:
    from .replaying import Replay, VcpuReport

#: Every code, with its name. Severity `error`: guest memory is corrupted or the prediction is
#: contradicted; `warning`: time accounting goes wrong; `info`: advice.
CODES = {
    "RT101": "registration refused",
    "RT102": "refused re-registration dropped a good area",
    "RT103": "updates lost",
    "RT104": "updates torn",
    "RT105": "another frame written through other page tables",
    "RT106": "frame written that was put to another use",
    "RT107": "area outlives its program",
    "RT108": "frame written that the address names no longer",
    "RT109": "area moved by a remapping",
    "RT110": "area's page replaced",
    "RT111": "areas of both interfaces",
    "RT112": "feature bit without the call",
    "RT113": "stale or torn area read",
    "RT114": "stage-1 entry changed without break",
    "RT115": "no area registered",
    "RT116": "recorded result differs",
    "RT117": "area not portable",
}


@dataclass(slots=True)
class Finding:
    """One finding about a replay. `lines` are trace lines, the most telling one first; `vcpu` is
    None for the guest as a whole.
    """

    code: str
    severity: str
    message: str
    help: str
    lines: tuple[int, ...]
    vcpu: int | None = None

    @property
    def line(self) -> int | None:
        """The most telling trace line."""
        return self.lines[0] if self.lines else None


def findings_of(replay: Replay) -> list[Finding]:
    """All findings about a replay, worst first."""
    found = [finding for check in _CHECKS for finding in check(replay)]
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))  # stable: by code within
    return found


def duration(ns: int) -> str:
    """Nanoseconds for people: `1.25 s`, `20.4 ms`, `130 us`."""
    size = abs(ns)
    for limit, name in ((10**9, "s"), (10**6, "ms"), (10**3, "us")):
        if size >= limit:
            return f"{ns / limit:.3g} {name}" if size < 1000 * limit else f"{ns // limit} {name}"
    return f"{ns} ns"


def share(part: int, whole: int) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * part / whole:.1f} %" if whole else "0 %"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _who(vcpus: list[VcpuReport]) -> str:
    names = [str(vcpu.index) for vcpu in vcpus[:4]]
    if len(vcpus) > 4:
        names.append(f"{len(vcpus) - 4} more")
    return ("vCPU " if len(vcpus) == 1 else "vCPUs ") + ", ".join(names)


def _only(vcpus: list[VcpuReport]) -> int | None:
    return vcpus[0].index if len(vcpus) == 1 else None


def _lines(*lines: int | None) -> tuple[int, ...]:
    return tuple(dict.fromkeys(line for line in lines if line is not None))


def _refused(replay: Replay) -> Iterator[Finding]:
    """RT101, RT102, RT112"""
    groups: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for vcpu in replay.vcpus:
        for call in vcpu.registrations:
            if call.ret not in (0, ENOENT):
                key = OP_NUMBERS[call.op], call.ret
                remote = "another vCPU's" if call.caller != call.target else "its own"
                groups.setdefault(key, []).append((call.line, remote))
    for (op, ret), calls in sorted(groups.items()):
        first, whose = calls[0]
        if op == OP_NUMBERS[REGISTER_PHYS] and ret == replay.model.op14:
            if replay.model.feature_bit:
                yield Finding(
                    "RT112",
                    WARNING,
                    f"register_runstate_phys_area (op 14) returns {errno_name(ret)}, as in every "
                    "release on Arm, although Xen 4.18 and later advertise "
                    "XENFEAT_runstate_phys_area",
                    "The vcpu_op filter on Arm lets only ops 5 and 10 through. Try the call and "
                    "fall back to op 5; do not trust the feature bit.",
                    (first,),
                )
                continue
            why = "this hypervisor does not implement the call"
            cure = "Fall back to register_runstate_memory_area (op 5)."
        elif op == OP_NUMBERS[REGISTER_VA] and replay.policy == "hypercall":
            why = (
                f"the address of {whose} area cannot be translated to writable RAM in the hypercall"
            )
            if ret == replay.model.refuse and whose != "its own" and not replay.model.remote:
                why = "an area is translated only for the calling vCPU itself"
            cure = (
                "Register from the vCPU itself, with the area mapped writable, "
                f"aligned to {replay.model.align} bytes."
            )
        else:
            why = "see the checks of the call"
            cure = "Xen refuses areas that cross a page, are misaligned or lie in no RAM (op 14)."
        count = f", {len(calls)} times" if len(calls) > 1 else ""
        yield Finding(
            "RT101", WARNING, f"op {op} returns {errno_name(ret)}{count}: {why}", cure, (first,)
        )
    dropped = [vcpu for vcpu in replay.vcpus if vcpu.dropped is not None]
    if dropped:
        yield Finding(
            "RT102",
            WARNING,
            f"{_who(dropped)}: the refused registration takes the area registered before with it; "
            "no update from here on",
            "Under this policy a failed re-registration is no no-op: register again.",
            _lines(*(vcpu.dropped for vcpu in dropped[:4])),
            _only(dropped),
        )


_WHY = {
    "other tables": "the area's virtual address is not mapped in {tables}{kpti}",
    "unmapped": "the area's virtual address is not mapped",
    "read-only": "the area is mapped read-only",
    "no RAM": "the area's address leads to no RAM",
    "ballooned out": "the area's frame is ballooned out",
    "page replaced": "another page has taken the place of the area's",
}


def _lost(replay: Replay) -> Iterator[Finding]:
    """RT103, RT110"""
    losers = [vcpu for vcpu in replay.vcpus if vcpu.lost]
    if not losers:
        return
    lost = sum(vcpu.lost for vcpu in losers)
    attempts = sum(vcpu.attempts for vcpu in replay.vcpus)
    made_up = sum(vcpu.made_up for vcpu in losers)
    why: dict[str, int] = {}
    where: dict[tuple[str, int | None, int | None], int] = {}
    for vcpu in losers:
        for reason, number in vcpu.lost_why.items():
            why[reason] = why.get(reason, 0) + number
        for place, number in vcpu.lost_where.items():
            where[place] = where.get(place, 0) + number
    main = max(why, key=lambda reason: why[reason])
    in_user = sum(n for (state, _, _), n in where.items() if state == "user mode")
    mostly_user = 2 * in_user > sum(where.values())
    tables = "the user-mode tables" if mostly_user else "the page tables active at the switch"
    kpti = ""
    if main == "other tables" and replay.header.guest != "pv":
        kpti = " (KPTI)" if mostly_user else " (as under KPTI)"
    cause = _WHY[main].format(tables=tables, kpti=kpti)
    if main != "other tables" and mostly_user:
        cause += " in user mode"
    others = sum(why.values()) - why[main]
    text = f"{lost} of {attempts} updates ({share(lost, attempts)}) are lost because {cause}"
    if others:
        text += f"; in {_count(others, 'case')} for another reason"
    spots = sorted(where.items(), key=lambda item: -item[1])[:3]
    described = [_spot(place, number) for place, number in spots if _spot(place, number)]
    if described:
        text += "; lost in " + ", ".join(described)
    gaps = [vcpu.longest_gap for vcpu in losers if vcpu.longest_gap is not None]
    gap_lines: tuple[int | None, ...] = ()
    if gaps:
        worst = max(gaps, key=lambda gap: (gap.ns or 0, gap.updates))
        text += f"; the longest gap is {_count(worst.updates, 'update')}"
        if worst.ns is not None:
            text += f" and {duration(worst.ns)}"
        gap_lines = worst.first_line, worst.last_line
    severity = WARNING
    if made_up:
        text += f"; {made_up} times Xen makes up for it at the toggle to kernel mode"
        if sum(vcpu.deferred for vcpu in losers) == lost:
            severity = INFO
    first = min(vcpu.first_lost for vcpu in losers if vcpu.first_lost is not None)
    if replay.policy == "update":
        cure = (
            "Keep the area mapped in every set of page tables the vCPU runs on, or use a "
            "hypervisor that translates once, in the hypercall."
        )
    else:
        cure = "Register the area again after its frame has been given back and replaced."
    code = "RT110" if main == "page replaced" else "RT103"
    yield Finding(code, severity, text, cure, _lines(first, *gap_lines), _only(losers))


def _spot(place: tuple[str, int | None, int | None], number: int) -> str:
    state, level, space = place
    words = [state] if state else []
    if level is not None:
        words.append(f"EL{level}")
    if space is not None:
        words.append(f"address space {space}")
    return f"{' '.join(words)} ({number})" if words else ""


def _torn(replay: Replay) -> Iterator[Finding]:
    """RT104"""
    torn = [vcpu for vcpu in replay.vcpus if vcpu.partial]
    if torn:
        partial = sum(vcpu.partial for vcpu in torn)
        attempts = sum(vcpu.attempts for vcpu in replay.vcpus)
        yield Finding(
            "RT104",
            WARNING,
            f"{partial} of {attempts} updates ({share(partial, attempts)}) are torn: the area "
            "crosses a page and only part of it can be written",
            "Place the area so that it does not cross a page boundary.",
            _lines(min(vcpu.first_partial for vcpu in torn if vcpu.first_partial is not None)),
            _only(torn),
        )


_MISPLACED: dict[str, tuple[str, str, str, str]] = {
    "foreign": (
        "RT105",
        ERROR,
        "the page tables active at the switch map the area's address to another frame",
        "Map the address alike in all page tables of the vCPU, or leave it unmapped.",
    ),
    "mmu-off": (
        "RT105",
        ERROR,
        "with stage 1 off the area's address is taken as guest-physical",
        "Take the area back (address 0) before the MMU goes off.",
    ),
    "reused": (
        "RT106",
        ERROR,
        "the guest has put the frame to another use",
        "Take the area back before its frame is freed.",
    ),
    "stage": (
        "RT107",
        ERROR,
        "another program runs now, and the area is still registered",
        "Take the area back before control is handed over (kexec, boot loader).",
    ),
    "stale": (
        "RT108",
        ERROR,
        "the area's address names another frame now, and Xen does not follow",
        "Register again after remapping the area.",
    ),
    "dangling": (
        "RT108",
        WARNING,
        "the area's address names nothing now, and Xen writes on",
        "Take the area back (address 0) before it is unmapped for good.",
    ),
    "moved": (
        "RT109",
        INFO,
        "the area's address has been remapped since it was registered, and Xen follows",
        "Make sure that the address was not given to something else.",
    ),
}


#: Kinds of misplaced writes that corrupt memory.
CORRUPTING = tuple(kind for kind, row in _MISPLACED.items() if row[1] == ERROR)


def _misplaced(replay: Replay) -> Iterator[Finding]:
    """RT105 to RT109"""
    for kind, (code, severity, why, cure) in _MISPLACED.items():
        hits: list[tuple[VcpuReport, MisplacedWrites]] = [
            (vcpu, writes)
            for vcpu in replay.vcpus
            for writes in vcpu.misplaced
            if writes.kind == kind
        ]
        if not hits:
            continue
        count = sum(writes.count for _, writes in hits)
        _, first = min(hits, key=lambda hit: hit[1].first_line)
        what = f" ({first.use} since line {first.use_line})" if first.use else ""
        frames = {gpa for vcpu, _ in hits for gpa in vcpu.overwritten}
        over = f"{_count(len(frames), 'frame')}, " if len(frames) > 1 else ""
        yield Finding(
            code,
            severity,
            f"{_count(count, 'update')} written to another frame than the area's: {why}; {over}"
            f"first frame {first.gpa:#x}{what} at line {first.first_line}"
            if kind not in ("reused", "stage")
            else f"{_count(count, 'update')} written over memory that is no area any more: {why}; "
            f"{over}first frame {first.gpa:#x}{what} at line {first.first_line}",
            cure,
            _lines(first.first_line, first.registered_line, first.use_line),
            _only([vcpu for vcpu, _ in hits]),
        )


def _mixed(replay: Replay) -> Iterator[Finding]:
    """RT111"""
    mixed = [vcpu for vcpu in replay.vcpus if vcpu.mixed is not None]
    if mixed:
        yield Finding(
            "RT111",
            INFO,
            f"{_who(mixed)}: an area is registered by address and another one by physical address; "
            "only the physical one is updated",
            "Firmware and OS that use different interfaces see different things: take the old "
            "area back first.",
            _lines(*(vcpu.mixed for vcpu in mixed[:4])),
            _only(mixed),
        )


def _reads(replay: Replay) -> Iterator[Finding]:
    """RT113"""
    readers = [vcpu for vcpu in replay.vcpus if vcpu.reads.stale or vcpu.reads.torn]
    if not readers:
        return
    stale = sum(vcpu.reads.stale for vcpu in readers)
    torn = sum(vcpu.reads.torn for vcpu in readers)
    count = sum(vcpu.reads.count for vcpu in replay.vcpus)
    worst = max((vcpu.reads for vcpu in readers), key=lambda reads: abs(reads.worst_ns))
    text = f"{stale + torn} of {_count(count, 'read')} find a stale area"
    if torn:
        text += f" ({torn} a torn one)"
    lines = [min(r.reads.first_line for r in readers if r.reads.first_line is not None)]
    if worst.worst_ns:
        direction = "too low" if worst.worst_ns > 0 else "too high"
        text += f"; stolen time is up to {duration(abs(worst.worst_ns))} {direction}"
        if worst.worst_of > 0:
            text += f" ({share(abs(worst.worst_ns), worst.worst_of)} of it)"
        if worst.worst_line is not None:
            lines.append(worst.worst_line)
    yield Finding(
        "RT113",
        WARNING,
        text,
        "Stolen time is time[runnable] + time[offline] of the area: it is as old as the last "
        "update that arrived.",
        _lines(*lines),
        _only(readers),
    )


def _break_before_make(replay: Replay) -> Iterator[Finding]:
    """RT114"""
    if replay.remaps_without_break:
        yield Finding(
            "RT114",
            WARNING,
            "a valid stage-1 entry is changed to another frame without being invalidated first, "
            + _count(replay.remaps_without_break, "time"),
            "Arm requires break-before-make: invalidate the entry and the TLB, then write the new "
            "one.",
            _lines(replay.first_remap),
        )


def _unregistered(replay: Replay) -> Iterator[Finding]:
    """RT115"""
    if replay.events and not any(vcpu.registered for vcpu in replay.vcpus):
        yield Finding(
            "RT115",
            INFO,
            "the guest registers no runstate area: no stolen-time accounting",
            "Linux on Arm does not register one under KPTI (kpti=on, the default with KASLR).",
            (),
        )


def _verification(replay: Replay) -> Iterator[Finding]:
    """RT116"""
    verification = replay.verification
    if verification is None or verification.ok:
        return
    parts = [
        f"{number} of {verification.compared[kind]} {kind}"
        for kind, number in verification.differing.items()
        if number
    ]
    text = f"the recording contradicts the prediction: {', '.join(parts)}"
    recorded = replay.header.policy
    if recorded not in (None, replay.policy):
        text += f"; it was made under the policy {recorded}"
    yield Finding(
        "RT116",
        ERROR if recorded in (None, replay.policy) else INFO,
        text,
        "Check the model and the policy against the hypervisor that was recorded.",
        _lines(*(difference.line for difference in verification.differences[:4])),
    )


def _portable(replay: Replay) -> Iterator[Finding]:
    """RT117"""
    crossing: list[int] = []
    crooked: list[int] = []
    size = replay.header.runstate_size
    for vcpu in replay.vcpus:
        for call in vcpu.registrations:
            if call.op == REGISTER_VA and call.ret == 0 and call.addr:
                if (call.addr & 4095) + size > 4096:
                    crossing.append(call.line)
                if call.addr & (3 if size == 44 else 7):
                    crooked.append(call.line)
    if crossing:
        yield Finding(
            "RT117",
            INFO,
            f"{_count(len(crossing), 'registration')} of an area that crosses a page: op 14 "
            "refuses that with -6 (ENXIO), QEMU under KVM with -14 (EFAULT)",
            f"Align the area to 64 bytes: then its {size} bytes never cross a page.",
            tuple(crossing[:4]),
        )
    if crooked:
        yield Finding(
            "RT117",
            INFO,
            f"{_count(len(crooked), 'registration')} of a misaligned area: op 14 and the 2020 "
            "proposal refuse that",
            "Align the area to 8 bytes at least.",
            tuple(crooked[:4]),
        )


_CHECKS: tuple[Callable[[Replay], Iterator[Finding]], ...] = (
    _refused,
    _lost,
    _torn,
    _misplaced,
    _mixed,
    _reads,
    _break_before_make,
    _unregistered,
    _verification,
    _portable,
)
