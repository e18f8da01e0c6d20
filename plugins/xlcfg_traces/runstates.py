"""Time in each runstate, per vCPU, from the runstate records of a capture.

The rules are those by which `xenalyze --summary` accounts, so that its figures come out: a vCPU
counts from when it is first seen to run; what cannot be known after lost records is time `lost`.
"""

from __future__ import annotations

from collections.abc import Iterator

RUNNING, RUNNABLE, BLOCKED, OFFLINE, LOST, UNSEEN, STAND_IN = range(7)
NAMES = ("running", "runnable", "blocked", "offline", "lost")
IDLE = 0x7FFF


class Account:
    """One vCPU: its state since `since` (a TSC; 0: not known), where it runs, and its sums.

    `spells` and `cycles` have an entry per state of NAMES.
    """

    __slots__ = ("cpu", "cycles", "since", "spells", "started", "state", "wrong")

    def __init__(self) -> None:
        self.state = UNSEEN
        self.since = 0
        self.cpu: Cpu | None = None
        self.started = False
        self.wrong: tuple[int, int] | None = None
        self.spells = [0] * 7
        self.cycles = [0] * 7

    def enter(self, state: int, tsc: int) -> None:
        """Close the spell that ends at `tsc` and begin another."""
        if 0 < self.since < tsc:
            self.spells[self.state] += 1
            self.cycles[self.state] += tsc - self.since
        self.state = state
        self.since = tsc


class Cpu:
    """One physical CPU: who runs on it, and whether records of it are missing."""

    __slots__ = ("current", "first_tsc", "inferred", "lost_owner", "lost_since")

    def __init__(self) -> None:
        self.current: Account | None = Account()
        self.current.state = STAND_IN
        self.first_tsc = 0
        self.inferred = True  # `current` is not known from a runstate record
        self.lost_since: int | None = None
        self.lost_owner: int | None = None


class Runstates:
    """Takes the runstate and lost records of all CPUs in the order of time.

    A vCPU is named as in the records: domain << 16 | vCPU.
    """

    def __init__(self) -> None:
        self.vcpus: dict[int, Account] = {}
        self.cpus: dict[int, Cpu] = {}
        self.losing = 0

    def cpu(self, number: int, first_tsc: int) -> Cpu:
        """The CPU of that number, whose first record is of `first_tsc`."""
        cpu = self.cpus.get(number)
        if cpu is None:
            cpu = self.cpus[number] = Cpu()
            cpu.first_tsc = first_tsc
        return cpu

    def vcpu(self, name: int) -> Account:
        """The account of a vCPU."""
        account = self.vcpus.get(name)
        if account is None:
            account = self.vcpus[name] = Account()
        return account

    def seen(self) -> Iterator[tuple[int, Account]]:
        """The vCPUs with anything on their account, in order."""
        return ((n, self.vcpus[n]) for n in sorted(self.vcpus) if any(self.vcpus[n].spells[:5]))

    def change(self, cpu: Cpu, name: int, old: int, new: int, tsc: int) -> None:
        """A runstate record; `old` and `new` are both RUNNING where the vCPU goes on running."""
        vcpu = self.vcpu(name)
        wrong, vcpu.wrong = vcpu.wrong, None
        if vcpu.state == UNSEEN:
            self._first(cpu, vcpu, old, new, tsc)
            return
        if vcpu.state != old:
            if vcpu.state == LOST:
                if new != RUNNING:
                    return
            elif wrong == (new, old):
                return  # the two records of a move came in the wrong order
            else:
                vcpu.wrong = old, vcpu.state
                if vcpu.state == RUNNING:
                    return
        if old == new == RUNNING:
            if vcpu.state == LOST:
                if cpu.current is not None:
                    self._leave(cpu, cpu.current, LOST, tsc)
                self._take(cpu, vcpu, tsc)
            vcpu.enter(RUNNING, tsc)
        elif old == RUNNING or vcpu.state == RUNNING:
            self._leave(cpu if old == RUNNING else vcpu.cpu or cpu, vcpu, new, tsc)
            if self.losing and name >> 16 != IDLE:
                vcpu.enter(LOST, tsc)
        elif new == RUNNING:
            self._take(cpu, vcpu, tsc)
        else:
            vcpu.enter(new, tsc)

    def _first(self, cpu: Cpu, vcpu: Account, old: int, new: int, tsc: int) -> None:
        """A vCPU without a history counts from when it runs, and has run since the capture began
        if it was running before.
        """
        if old == RUNNING:
            cpu.current = None
            tsc = cpu.first_tsc or tsc
        if new == RUNNING:
            vcpu.enter(RUNNING, tsc)
            cpu.current, vcpu.cpu = vcpu, cpu

    def _leave(self, cpu: Cpu, vcpu: Account, state: int, tsc: int) -> None:
        if vcpu.cpu is not cpu or cpu.current is not vcpu or vcpu.state not in (RUNNING, STAND_IN):
            vcpu.since = 0
        cpu.current = None
        vcpu.enter(state, tsc)

    def _take(self, cpu: Cpu, vcpu: Account, tsc: int) -> None:
        if cpu.current is not None:
            cpu.current.enter(LOST, tsc)
        if vcpu.started and vcpu.state == RUNNING:
            vcpu.since = 0
        vcpu.started = True
        vcpu.enter(RUNNING, tsc)
        vcpu.cpu, cpu.current = cpu, vcpu
        cpu.inferred = False

    def lost(self, cpu: Cpu, owner: int, tsc: int) -> None:
        """Records of a CPU are missing from `tsc` on; `owner` runs on it when they go on."""
        if cpu.current is not None:
            self._leave(cpu, cpu.current, LOST, tsc)
        if cpu.lost_since is None:
            self.losing += 1
        cpu.lost_since, cpu.lost_owner = tsc, owner
        for vcpu in self.vcpus.values():
            if vcpu.state != RUNNING:  # it may have run there, unseen
                vcpu.enter(LOST, tsc)

    def found(self, cpu: Cpu, tsc: int) -> None:
        """The records of a CPU go on."""
        if cpu.lost_since is None or tsc <= cpu.lost_since:
            return
        if cpu.lost_owner is not None:
            self._take(cpu, self.vcpu(cpu.lost_owner), tsc)
            cpu.lost_owner, cpu.inferred = None, True
        cpu.lost_since = None
        self.losing -= 1

    def end(self, cpu: Cpu, tsc: int) -> None:
        """There is no record of this CPU after `tsc`."""
        if cpu.current is not None:
            cpu.current.enter(LOST, tsc)
            cpu.current = None
