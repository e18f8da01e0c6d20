"""Linux ftrace text (`trace`, `trace_pipe`, `trace-cmd report`) as boot traces.

Two kinds of recording are of use.  On a KVM host that emulates Xen, `sched_switch` shows when the
threads of a guest's vCPUs ("CPU 0/KVM") run, and `kvm_xen_hypercall` what they ask for.  In a PV
guest the `xen:*` events show its page-table switches; when Xen runs its vCPUs is not to be seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from xlcfg_traces.recording import (
    MAX_VCPUS,
    OP_NAMES,
    VCPUOP_UP,
    RecordingError,
    header_line,
    note,
    registration_note,
    text_lines,
)

VCPU_OP = 24
MAX_GUESTS = 4096
MAX_THREADS = 1 << 16

#: TASK-PID (TGID) [CPU] flags TIME: event: text. TGID and flags may be left out.
_LINE = re.compile(
    r"\s*(?P<comm>.{1,16}?)-(?P<pid>\d{1,10})\s+(?:\(\s*(?P<tgid>\d{1,10}|-+)\)\s+)?"
    r"\[(?P<cpu>\d{1,5})\]\s+(?:[^\s:]{1,8}\s+)?(?P<s>\d{1,12})\.(?P<frac>\d{1,9}):\s+"
    r"(?P<event>\w+):\s*(?P<text>.*)"
)
_SWITCH = re.compile(
    r"prev_comm=(?P<prev>.{0,64}) prev_pid=(?P<prev_pid>\d{1,10}) prev_prio=-?\d{1,10} "
    r"prev_state=(?P<state>\S{1,32}) "
    r"==> next_comm=(?P<next>.{0,64}) next_pid=(?P<next_pid>\d{1,10}) next_prio="
)
#: The same as trace-cmd shows it: comm:pid [prio] state ==> comm:pid [prio]
_SHORT_SWITCH = re.compile(
    r"(?P<prev>.{0,64}):(?P<prev_pid>\d{1,10}) \[-?\d{1,10}\] (?P<state>\S{1,32}) ==> "
    r"(?P<next>.{0,64}):(?P<next_pid>\d{1,10}) \[-?\d{1,10}\]"
)
_THREAD = re.compile(r"CPU (\d{1,4})/KVM\Z")
_HYPERCALL = re.compile(
    r"(?:cpl \d+ )?nr 0x(?P<nr>[0-9a-f]{1,16}) "
    r"a0 0x(?P<a0>[0-9a-f]{1,16}) a1 0x(?P<a1>[0-9a-f]{1,16})"
)
_CR3 = re.compile(r"(kernel|user) cr3 (?:0x)?([0-9a-f]{1,16})\Z")
_LOST = re.compile(
    r"CPU:?(\d{1,5}) \[(?:LOST (\d{1,18}) EVENTS|EVENTS DROPPED|(\d{1,18}) EVENTS DROPPED)\]"
)
#: Wanted lines hold one of these; the rest is not looked at closer.
_WANTED = ("sched_switch:", "kvm_xen_hypercall:", "xen_", "EVENTS")


class _Event(NamedTuple):
    """`kind` is switch, call, cr3, xen or lost; `t` in ns, None for a loss."""

    kind: str
    t: int | None
    pid: int
    comm: str
    tgid: int | None
    cpu: int
    data: tuple[Any, ...]


def _events(path: str) -> Iterator[_Event]:
    for _number, line in text_lines(path):
        if not any(word in line for word in _WANTED):
            continue
        lost = _LOST.search(line)
        if lost is not None:
            yield _Event("lost", None, 0, "", None, int(lost[1]), (int(lost[2] or lost[3] or 1),))
            continue
        found = _LINE.match(line)
        if found is None:
            continue
        fraction = found["frac"].ljust(9, "0")
        t = int(found["s"]) * 1_000_000_000 + int(fraction)
        tgid = int(found["tgid"]) if (found["tgid"] or "-").isdigit() else None
        pid, comm = int(found["pid"]), found["comm"].strip()
        cpu, event, text = int(found["cpu"]), found["event"], found["text"]
        data: tuple[Any, ...] | None = None
        kind = ""
        if event == "sched_switch":
            switch = _SWITCH.match(text) or _SHORT_SWITCH.match(text)
            if switch is not None:
                kind = "switch"
                data = (
                    int(switch["prev_pid"]),
                    switch["prev"],
                    _state(switch["state"]),
                    int(switch["next_pid"]),
                    switch["next"],
                )
        elif event == "kvm_xen_hypercall":
            call = _HYPERCALL.match(text)
            if call is not None:
                kind = "call"
                data = tuple(int(call[name], 16) for name in ("nr", "a0", "a1"))
        elif event == "xen_mmu_write_cr3":
            cr3 = _CR3.match(text)
            if cr3 is not None:
                kind, data = "cr3", (cr3[1], int(cr3[2], 16))
        elif event.startswith("xen_"):
            kind, data = "xen", (event,)
        if data is not None:
            yield _Event(kind, t, pid, comm, tgid, cpu, data)


def _state(letters: str) -> str:
    """The runstate of a vCPU whose thread goes off its CPU in that state."""
    if letters.startswith("R"):
        return "runnable"
    return "blocked" if letters[0] in "SDI" else "offline"


class _Survey:
    """A first pass: whose threads are the vCPUs, and what there is to see of them."""

    def __init__(self, path: str) -> None:
        self.threads: dict[int, int] = {}  # thread -> vCPU
        self.groups: dict[int, int] = {}  # thread -> process
        self.calls: dict[int, set[int]] = {}  # thread -> targets of its registrations
        self.cpus: set[int] = set()  # CPUs of a PV guest
        self.begin: int | None = None
        for event in _events(path):
            if event.t is not None and (self.begin is None or event.t < self.begin):
                self.begin = event.t
            if event.kind == "switch":
                self._thread(event.data[0], event.data[1])
                self._thread(event.data[3], event.data[4])
            elif event.kind == "call":
                self._thread(event.pid, event.comm)
                nr, op, target = event.data
                if nr == VCPU_OP and op in OP_NAMES and target < MAX_VCPUS:
                    self.calls.setdefault(event.pid, set()).add(target)
            elif event.kind in ("cr3", "xen") and event.cpu < MAX_VCPUS:
                self.cpus.add(event.cpu)
            if event.tgid is not None and event.pid in self.threads:
                self.groups[event.pid] = event.tgid

    def _thread(self, pid: int, comm: str) -> None:
        found = _THREAD.match(comm)
        if found and int(found[1]) < MAX_VCPUS and len(self.threads) < MAX_THREADS:
            self.threads[pid] = int(found[1])

    def guests(self) -> dict[int, dict[int, int]]:
        """Process (or the first thread, where that is not known) -> {thread: vCPU}.

        QEMU starts the threads of a guest in order, so a smaller number begins another guest.
        """
        guests: dict[int, dict[int, int]] = {}
        current, last = 0, MAX_VCPUS
        for pid, vcpu in sorted(self.threads.items()):
            if pid in self.groups:
                guests.setdefault(self.groups[pid], {})[pid] = vcpu
                continue
            if vcpu <= last:
                current = pid
            last = vcpu
            guests.setdefault(current, {})[pid] = vcpu
        return guests


class Ftrace:
    """A recording as the lines of a boot trace; `domain` is the process of a guest on a host."""

    def __init__(self, path: str, domain: int | None) -> None:
        self.path = path
        self.domain = domain

    def __iter__(self) -> Iterator[str]:
        survey = _Survey(self.path)
        guests = survey.guests()
        if not guests:
            yield from self._guest_lines(survey)
            return
        if (len(guests) > 1 and self.domain is None) or self.domain not in (None, *guests):
            what = "several guests" if self.domain is None else f"no process {self.domain}"
            listed = "; ".join(
                f"process {number}: {len(threads)} vCPU{'s' * (len(threads) != 1)}"
                for number, threads in sorted(guests.items())[:20]
            )
            raise RecordingError(
                f"this ftrace recording holds {what} ({listed})", "choose one with --domain N"
            )
        threads = guests[next(iter(guests)) if self.domain is None else self.domain]
        registers = sorted({t for pid in threads for t in survey.calls.get(pid, ())})
        vcpus = max(*threads.values(), *registers, 0) + 1
        yield header_line(
            "x86_64",
            "hvm",
            vcpus,
            "ftrace of a KVM host with Xen emulation",
            ["areas", "stage-1"],
            registers=registers,
        )
        yield from self._host_lines(threads, survey.begin or 0)

    def _host_lines(self, threads: dict[int, int], begin: int) -> Iterator[str]:
        clock = 0
        online = {0}
        for event in _events(self.path):
            if event.t is not None:
                clock = max(clock, event.t - begin)
            t = clock
            if event.kind == "switch":
                prev, _, state, after, _ = event.data
                for pid, ev in ((prev, "switch_out"), (after, "switch_in")):
                    vcpu = threads.get(pid)
                    if vcpu is None:
                        continue
                    yield from _up(vcpu, t, online)
                    more = f', "state": "{state}"' if pid == prev else ""
                    yield f'{{"ev": "{ev}", "t": {t}, "vcpu": {vcpu}{more}}}\n'
            elif event.kind == "call" and event.pid in threads:
                nr, op, target = event.data
                if nr == VCPU_OP and op in OP_NAMES:
                    yield registration_note(t, threads[event.pid], target, OP_NAMES[op])
                elif nr == VCPU_OP and op == VCPUOP_UP and target in threads.values():
                    yield from _up(target, t, online)
            elif event.kind == "lost":
                yield _loss(event, t)

    def _guest_lines(self, survey: _Survey) -> Iterator[str]:
        """A recording made in a PV guest: its CPUs are the vCPUs."""
        if not survey.cpus:
            raise RecordingError(
                "this ftrace recording shows no vCPU",
                "record sched_switch and kvm_xen_hypercall on the host, or xen:* in the guest",
            )
        yield header_line(
            "x86_64",
            "pv",
            max(survey.cpus) + 1,
            "ftrace of a PV guest",
            ["areas", "stage-1", "switches"],
        )
        clock = 0
        counts: Counter[str] = Counter()
        for event in _events(self.path):
            if event.t is not None:
                clock = max(clock, event.t - (survey.begin or 0))
            if event.kind == "cr3" and event.cpu in survey.cpus:
                root, cr3 = event.data
                yield (
                    f'{{"ev": "use_space", "t": {clock}, "vcpu": {event.cpu}, "space": {cr3}, '
                    f'"root": "{root}"}}\n'
                )
            elif event.kind == "xen" and len(counts) < MAX_GUESTS:
                counts[event.data[0]] += 1
            elif event.kind == "lost":
                yield _loss(event, clock)
        for name, count in sorted(counts.items()):
            yield note(f"{count} {name} events", clock)


def _up(vcpu: int, t: int, online: set[int]) -> Iterator[str]:
    if vcpu not in online:
        online.add(vcpu)
        yield f'{{"ev": "vcpu_up", "t": {t}, "target": {vcpu}}}\n'


def _loss(event: _Event, t: int) -> str:
    return note(f"{event.data[0]} events lost on CPU {event.cpu}", t, lost=event.data[0])
