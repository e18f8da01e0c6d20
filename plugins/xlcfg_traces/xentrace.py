"""xentrace captures as boot traces of one domain, and what they hold of all domains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from xlcfg_traces.capture import CALL, CHANGE, END, FOUND, HYPERCALL, LOSING, Capture, Event
from xlcfg_traces.recording import (
    MAX_VCPUS,
    OP_NAMES,
    VCPUOP_DOWN,
    VCPUOP_UP,
    RecordingError,
    guarded,
    header_line,
    note,
    registration_note,
)
from xlcfg_traces.runstates import IDLE, NAMES, RUNNING, Runstates

#: A capture with more vCPUs is no capture.
MAX_NAMES = 1 << 16
#: What xenalyze takes for the speed of the TSC where nothing says.
DEFAULT_HZ = 2_400_000_000
#: Domain numbers from here on are not guests.
FIRST_RESERVED = 0x7FF0


class Xentrace:
    """A capture as the lines of a boot trace of one domain; `info` is about all domains."""

    def __init__(self, path: str, domain: int | None) -> None:
        self.path = path
        self.domain = domain

    def _survey(self) -> tuple[Capture, dict[int, set[int]], Counter[int]]:
        """A first pass: the capture, the vCPUs of each domain, and how often each was switched."""
        capture = Capture(self.path, keep=True)
        switches: Counter[int] = Counter()
        self.registered: set[tuple[int, int]] = set()
        for _turn, events in guarded(capture.unordered()):
            for event in events:
                if event[2] == CHANGE:
                    switches[event[5]] += event[6] != event[7] and not (event[6] and event[7])
                elif event[2] == CALL and event[6] in OP_NAMES and len(self.registered) < MAX_NAMES:
                    self.registered.add((event[5] >> 16, event[7]))
            if len(switches) > MAX_NAMES:
                raise RecordingError(f"damaged: more than {MAX_NAMES} vCPUs")
        domains: dict[int, set[int]] = {}
        for name in switches:
            if name >> 16 < FIRST_RESERVED:
                domains.setdefault(name >> 16, set()).add(name & 0xFFFF)
        return capture, domains, switches

    def _choose(self, domains: dict[int, set[int]], switches: Counter[int]) -> int:
        listed = "; ".join(
            f"domain {domain}: {len(vcpus)} vCPU{'s' * (len(vcpus) != 1)}, "
            f"{sum(n for name, n in switches.items() if name >> 16 == domain):,} switches"
            for domain, vcpus in sorted(domains.items())[:20]
        )
        if not domains:
            raise RecordingError(
                "this xentrace capture holds no switch of any domain",
                "capture the scheduler's events: xentrace -e sched (or all)",
            )
        if self.domain is None and len(domains) == 1:
            return next(iter(domains))
        if self.domain not in domains:
            what = "several domains" if self.domain is None else f"no domain {self.domain}"
            raise RecordingError(
                f"this xentrace capture holds {what} ({listed})", "choose one with --domain N"
            )
        return self.domain

    def __iter__(self) -> Iterator[str]:
        capture, domains, switches = self._survey()
        domain = self._choose(domains, switches)
        vcpus = max(domains[domain]) + 1
        if vcpus > MAX_VCPUS:
            raise RecordingError(f"damaged: domain {domain} has a vCPU {vcpus - 1}")
        kind = capture.kinds.get(domain)
        lacks = ["areas", "stage-1"] + ["guest"] * (kind is None)
        yield header_line(
            "x86_32" if kind == "x86_32" else "x86_64",
            "hvm" if kind in ("hvm", None) else "pv",
            vcpus,
            f"xentrace capture, domain {domain}",
            lacks,
            registers=sorted(v for d, v in self.registered if d == domain and v < vcpus),
        )
        yield from _Lines(domain, capture, vcpus).lines(capture.again())

    def info(self) -> dict[str, Any]:
        """What the capture holds; see `xlcfg.traces.info`. Raises RecordingError."""
        capture, info = self._summarise(None)
        if capture.late and capture.losses:
            capture, info = self._summarise(capture.losses)
        return info

    def _summarise(self, losses: list[Event] | None) -> tuple[Capture, dict[str, Any]]:
        """One pass; `losses` are those of an earlier one."""
        capture = Capture(self.path, losses)
        capture.count = True
        totals = _Totals()
        totals.take(capture)
        firsts = [stream.first_tsc for stream in capture.streams.values() if stream.first_tsc]
        begin = min(firsts, default=0)
        end = max((stream.last_tsc for stream in capture.streams.values()), default=0)
        hz = capture.hz or DEFAULT_HZ
        return capture, {
            "path": self.path,
            "kind": "xentrace capture",
            "records": capture.records,
            "cpus": len(capture.streams),
            "span_ns": max(0, end - begin) * 1_000_000_000 // hz,
            "hz": hz,
            "hz_measured": capture.hz is not None,
            "lost": {"records": capture.lost.total(), "gaps": totals.gaps},
            "out_of_order": capture.late,
            "truncated": capture.truncated,
            "cut_off": capture.broken,
            "domains": totals.domains(capture.kinds, hz),
        }


class _Totals:
    """Figures of all domains: time in runstates, switches, calls, and gaps in the capture."""

    def __init__(self) -> None:
        self.states = Runstates()
        self.switches: Counter[int] = Counter()
        self.calls: Counter[tuple[int, str]] = Counter()
        self.gaps = 0

    def take(self, capture: Capture) -> None:
        """Count all of a capture. Raises RecordingError."""
        states, switches, calls = self.states, self.switches, self.calls
        for event in guarded(capture.events()):
            kind, number, tsc = event[2:5]
            cpu = states.cpus.get(number) or states.cpu(number, capture.streams[number].first_tsc)
            if kind == CHANGE:
                _, _, _, _, _, name, old, new = event
                states.change(cpu, name, old, new, tsc)
                if old != new and not (old and new):
                    switches[name >> 16] += 1
                    if len(states.vcpus) > MAX_NAMES:
                        raise RecordingError(f"damaged: more than {MAX_NAMES} vCPUs")
                continue
            more = event[5:]
            if kind == LOSING:
                states.lost(cpu, more[0], tsc)
                self.gaps += 1
            elif kind == FOUND:
                states.found(cpu, tsc)
            elif kind == END:
                states.end(cpu, tsc)
            elif kind == CALL:
                calls[more[0] >> 16, OP_NAMES.get(more[1], f"vcpu_op {more[1]}")] += 1
            else:
                calls[more[0] >> 16, "vcpu_op, which is not told"] += 1

    def domains(self, kinds: dict[int, str], hz: int) -> list[dict[str, Any]]:
        """As data, with `kinds` of the domains and the TSC's ticks per second."""
        domains: dict[int, dict[str, Any]] = {}
        for name, account in self.states.seen():
            number = name >> 16
            domain = domains.setdefault(
                number,
                {
                    "domain": number,
                    "guest": "idle" if number == IDLE else _KINDS[kinds.get(number)],
                    "switches": self.switches[number],
                    "calls": {op: n for (d, op), n in sorted(self.calls.items()) if d == number},
                    "vcpus": [],
                },
            )
            states = {
                state: {
                    "spells": account.spells[i],
                    "cycles": account.cycles[i],
                    "ns": account.cycles[i] * 1_000_000_000 // hz,
                }
                for i, state in enumerate(NAMES)
                if account.spells[i]
            }
            domain["vcpus"].append({"vcpu": name & 0xFFFF, "states": states})
        return list(domains.values())


_KINDS = {
    "hvm": "hvm or pvh",
    "pv": "pv",
    "x86_64": "pv, 64-bit",
    "x86_32": "pv, 32-bit",
    None: "not told",
}


class _Lines:
    """The events of one domain as lines of a boot trace."""

    def __init__(self, domain: int, survey: Capture, vcpus: int) -> None:
        self.domain = domain
        self.vcpus = vcpus
        self.hz = survey.hz or DEFAULT_HZ
        firsts = [stream.first_tsc for stream in survey.streams.values() if stream.first_tsc]
        self.begin = min(firsts, default=0)
        self.clock = 0
        self.online = {0}

    def _t(self, tsc: int) -> int:
        self.clock = max(self.clock, (tsc - self.begin) * 1_000_000_000 // self.hz)
        return self.clock

    def _up(self, vcpu: int, t: int) -> Iterator[str]:
        if vcpu not in self.online and vcpu < self.vcpus:
            self.online.add(vcpu)
            yield f'{{"ev": "vcpu_up", "t": {t}, "target": {vcpu}}}\n'

    def lines(self, capture: Capture) -> Iterator[str]:
        """All of them, but for the header."""
        mine = self.domain
        for event in guarded(capture.events()):
            kind = event[2]
            if kind == CHANGE:
                _, _, _, _, tsc, name, old, new = event
                if name >> 16 != mine or old == new:
                    continue
                vcpu = name & 0xFFFF
                t = self._t(tsc)
                if vcpu not in self.online:
                    yield from self._up(vcpu, t)
                if old == RUNNING:
                    state = NAMES[new]
                    yield (
                        f'{{"ev": "switch_out", "t": {t}, "vcpu": {vcpu}, "state": "{state}"}}\n'
                    )
                elif new == RUNNING:
                    yield f'{{"ev": "switch_in", "t": {t}, "vcpu": {vcpu}}}\n'
            elif kind == LOSING:
                cpu, tsc, count, found = event[3], event[4], event[6], event[7]
                yield note(
                    f"{count} records lost on CPU {cpu}",
                    self._t(tsc),
                    lost=count,
                    ns=max(0, found - tsc) * 1_000_000_000 // self.hz,
                )
            elif kind in (CALL, HYPERCALL) and event[5] >> 16 == mine:
                yield from self._call(self._t(event[4]), event[5] & 0xFFFF, *event[6:8])
        if capture.truncated:
            yield note("the capture ends in the middle of a window", self.clock, truncated=True)

    def _call(self, t: int, caller: int, op: int, target: int) -> Iterator[str]:
        if caller >= self.vcpus:
            return
        if op in OP_NAMES:
            yield registration_note(t, caller, target, OP_NAMES[op])
        elif op == VCPUOP_UP:
            yield from self._up(target, t)
        elif op == VCPUOP_DOWN:
            yield note(f"vCPU {caller} asks for vCPU {target} to go offline", t, vcpu=caller)
        elif op < 0:
            yield note(
                f"vCPU {caller} calls vcpu_op; the operation is not in this capture",
                t,
                vcpu=caller,
                op="unknown",
                target=None,
            )
