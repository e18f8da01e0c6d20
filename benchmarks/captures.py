"""A xentrace capture of any size: PV guests on four CPUs, the same from the same size.

Three in four records are hypercalls, as a busy host writes them; the others are the scheduler's.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from struct import pack

_CPUS = 4
_VCPUS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0))
_RUNNING, _RUNNABLE, _BLOCKED = range(3)
_IDLE = 0x7FFF
#: CPU cycles between two records, and what the clock runs at.
_HZ = 2_400_000_000


def _record(event: int, tsc: int, *words: int) -> bytes:
    return pack(f"<IQ{len(words)}I", event | len(words) << 28 | 1 << 31, tsc, *words)


def _change(tsc: int, vcpu: tuple[int, int], old: int, new: int) -> bytes:
    return _record(0x21001 | old << 8 | new << 4, tsc, vcpu[0] << 16 | vcpu[1])


class _Host:
    def __init__(self) -> None:
        self.random = Random(1)
        self.tsc = 1 << 40
        self.on = [(_IDLE, cpu) for cpu in range(_CPUS)]
        self.since = [self.tsc] * _CPUS
        self.state = dict.fromkeys(_VCPUS, _BLOCKED)
        self.records = 0

    def turn(self) -> bytes:
        """What xentrace takes in one turn: a window per CPU, about 4 KiB each."""
        windows: list[list[bytes]] = [[] for _ in range(_CPUS)]
        for _ in range(150):
            self.tsc += self.random.randrange(1000, 200_000)
            cpu = self.random.randrange(_CPUS)
            windows[cpu] += self.step(cpu)
        out = []
        for cpu, records in enumerate(windows):
            self.records += len(records)
            body = b"".join(records)
            out.append(pack("<III", 0x2001F003, cpu, len(body)) + body)
        return b"".join(out)

    def step(self, cpu: int) -> list[bytes]:
        random, tsc, before = self.random, self.tsc, self.on[cpu]
        waiting = [v for v in _VCPUS if self.state[v] == _BLOCKED]
        ready = [v for v in _VCPUS if self.state[v] == _RUNNABLE]
        action = random.random()
        if action < 0.15 and waiting:
            vcpu = random.choice(waiting)
            self.state[vcpu] = _RUNNABLE
            return [_record(0x28004, tsc, *vcpu), _change(tsc + 10, vcpu, _BLOCKED, _RUNNABLE)]
        if action < 0.35:
            after = random.choice(ready) if ready else (_IDLE, cpu)
            if after == before:
                return []
            left = random.choice((_RUNNABLE, _BLOCKED)) if before[0] != _IDLE else _RUNNABLE
            self.state[before], self.state[after] = left, _RUNNING
            self.on[cpu] = after
            ran = (tsc - self.since[cpu]) * 10**9 // _HZ
            self.since[cpu] = tsc
            return [
                _record(0x2800E, tsc, *before, min(ran, 0xFFFFFFFF)),
                _record(0x2800A, tsc + 5, *before, *after),
                _change(tsc + 10, before, _RUNNING, left),
                _change(tsc + 15, after, _RUNNABLE, _RUNNING),
            ]
        if before[0] == _IDLE:
            return []
        return [
            _record(0x20100D, tsc + 20 * n, 29 | 0b0101 << 20, random.randrange(4), n)
            for n in range(random.randrange(4, 12))
        ]


def write(path: Path, size: int) -> int:
    """A capture of at least `size` bytes; its number of records."""
    host = _Host()
    with open(path, "wb") as file:
        while file.tell() < size:
            file.write(host.turn())
    return host.records
