"""Captures as xentrace writes them, made record by record."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from struct import pack

RUNNING, RUNNABLE, BLOCKED, OFFLINE = range(4)
IDLE = 0x7FFF
WINDOW = 0x2001F003


def record(event: int, *words: int, tsc: int | None = None) -> bytes:
    head = pack("<I", event | len(words) << 28 | (tsc is not None) << 31)
    time = b"" if tsc is None else pack("<Q", tsc)
    return head + time + pack(f"<{len(words)}I", *words)


def change(tsc: int, domain: int, vcpu: int, old: int, new: int) -> bytes:
    return record(0x21001 | old << 8 | new << 4, domain << 16 | vcpu, tsc=tsc)


def proceed(tsc: int, domain: int, vcpu: int) -> bytes:
    return record(0x21002, domain << 16 | vcpu, tsc=tsc)


def lost(tsc: int, count: int, domain: int, vcpu: int, first: int) -> bytes:
    low, high = first & 0xFFFFFFFF, first >> 32
    return record(0x1F001, count, domain | vcpu << 16, low, high, tsc=tsc)


def vcpu_op(tsc: int, op: int, target: int) -> bytes:
    return record(0x20100D, 24 | 0b0101 << 20, op, target, tsc=tsc)


def window(cpu: int, *records: bytes) -> bytes:
    body = b"".join(records)
    return record(WINDOW, cpu, len(body)) + body


#: wrap records hold what was in the buffer before, here something like a runstate record
WRAP = record(0x1F002, 0x90021211, 0xC001F001)


@dataclass
class Busy:
    """A random, orderly history of some domains on some CPUs, in windows as they are drained."""

    seed: int
    cpus: int = 3
    vcpus: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0))
    steps: int = 400
    losing: bool = True
    state: dict[tuple[int, int], int] = field(default_factory=dict)

    def build(self) -> bytes:
        random = Random(self.seed)
        on: list[tuple[int, int]] = [(IDLE, cpu) for cpu in range(self.cpus)]
        self.state = dict.fromkeys(self.vcpus, BLOCKED)
        pending: list[list[bytes]] = [[] for _ in range(self.cpus)]
        out: list[bytes] = []
        gone: list[tuple[int, int] | None] = [None] * self.cpus
        tsc = 1 << 40
        for cpu in range(self.cpus):
            pending[cpu].append(record(0x201006, 1, 2, tsc=tsc + cpu))
        for _ in range(self.steps):
            tsc += random.randrange(1000, 3_000_000)
            cpu = random.randrange(self.cpus)
            here: list[bytes] = []
            action = random.random()
            if action < 0.35:
                waiting = [v for v in self.vcpus if self.state[v] in (BLOCKED, OFFLINE)]
                if waiting:
                    one = random.choice(waiting)
                    here.append(record(0x28004, *one, tsc=tsc))
                    here.append(change(tsc + 10, *one, self.state[one], RUNNABLE))
                    self.state[one] = RUNNABLE
            elif action < 0.85:
                ready = [v for v in self.vcpus if self.state[v] == RUNNABLE]
                after = random.choice(ready) if ready else (IDLE, cpu)
                before = on[cpu]
                if after != before:
                    new = RUNNABLE
                    if before[0] != IDLE:
                        new = random.choice((RUNNABLE, BLOCKED, BLOCKED, OFFLINE))
                        self.state[before] = new
                    here.append(record(0x2800E, *before, 1000, tsc=tsc + 20))
                    here.append(record(0x2800A, *before, *after, tsc=tsc + 30))
                    here.append(change(tsc + 40, *before, RUNNING, new))
                    here.append(change(tsc + 50, *after, RUNNABLE, RUNNING))
                    on[cpu] = after
                    if after[0] != IDLE:
                        self.state[after] = RUNNING
            elif action < 0.9:
                here.append(proceed(tsc + 5, *on[cpu]))
            elif action < 0.93 and self.losing and gone[cpu] is None:
                gone[cpu] = tsc, random.randrange(1, 5)
            else:
                here.append(record(0x82012, 24))
                here.append(record(0x20100D, 24 | 5 << 20, 7, 0, tsc=tsc + 7))
            hole = gone[cpu]
            if hole is not None and hole[1] > 0:
                gone[cpu] = hole[0], hole[1] - 1
            elif hole is not None:
                tsc += 100
                pending[cpu] += [WRAP, lost(tsc, 9, *on[cpu], hole[0])]
                gone[cpu] = None
            else:
                pending[cpu] += here
            if random.random() < 0.1:
                out += self._drain(pending)
        out += self._drain(pending)
        return b"".join(out)

    def _drain(self, pending: list[list[bytes]]) -> list[bytes]:
        out = [window(cpu, *records) for cpu, records in enumerate(pending) if records]
        for records in pending:
            records.clear()
        return out
