"""Random traces of every kind of event, in any order: what a recorder would never write, too."""

from __future__ import annotations

from random import Random
from typing import Any

from emulator_traces import PHYS, RAM, REGISTER, VA, trace

GUESTS = (
    ("arm64", "pvh"),
    ("arm32", "pvh"),
    ("x86_64", "pv"),
    ("x86_64", "pvh"),
    ("x86_64", "hvm"),
    ("x86_32", "pv"),
    ("x86_32", "hvm"),
)
_TIME_VA = "register_vcpu_time_memory_area"
_TIME_PHYS = "register_vcpu_time_phys_area"
_OFFSETS = (0x0, 0x40, 0x80, 0xFD0, 0xFD8, 0xFE0, 0xFF0, 0xFF8, 0x11)


def wild_trace(seed: int, events: int = 300, *, calm: bool = False) -> list[str]:
    """Lines of a trace; the same seed gives the same lines. In a calm one, hardly anything but
    switches and new page tables happens, in patterns.
    """
    return _Wild(seed, calm).lines(events)


class _Wild:
    def __init__(self, seed: int, calm: bool) -> None:
        self.calm = calm
        self.patterns: list[list[dict[str, Any]]] = []
        self.random = random = Random(seed)
        self.arch, self.guest = random.choice(GUESTS)
        self.vcpus = random.choice((1, 2, 3, 20))
        self.timed = random.choice((0.0, 1.0, 1.0, 0.8))
        self.evidence = random.random() < 0.5
        self.pages = random.choice((1, 3))
        self.base = VA if self.arch.endswith("64") else 0x10000000
        self.clock = 0

    def lines(self, events: int) -> list[str]:
        random = self.random
        kinds = {
            "switch": 12,
            "map": 3,
            "unmap": 1,
            "use_space": 2,
            "sample": random.choice((0, 0, 1)),
            "vcpu_op": random.choice((0.2, 1, 3)),
            "read": 0.3,
            "vm_assist": 0.2,
            "vcpu_up": 0.2,
            "vcpu_down": 0.1,
            "p2m_remove": 0.2,
            "p2m_add": 0.3,
            "reuse": random.choice((0, 0.2)),
            "stage": random.choice((0, 0.1)),
            "note": 0.2,
            "observe": 0.5,
            "mmu": 0 if self.guest == "pv" else 0.2,
            "mode": 3 if (self.arch, self.guest) == ("x86_64", "pv") else 0,
        }
        if self.calm:
            reading = random.random() < 0.1
            for kind in kinds.keys() - {"switch", "use_space", "note"}:
                kinds[kind] *= 0.01 * (kind != "read" or reading)
            self.evidence = self.evidence and random.random() < 0.5
        names, weights = list(kinds), list(kinds.values())
        made = self.start() if random.random() < 0.8 else []
        while len(made) < events:
            (kind,) = random.choices(names, weights)
            for event in self.switches() if kind == "switch" else [self.event(kind)]:
                self.clock += random.choice((0, 1, 1000, 10_000_000))
                if random.random() < self.timed:
                    event["t"] = self.clock
                made.append(event)
        return trace(
            *made,
            arch=self.arch,
            guest=self.guest,
            vcpus=self.vcpus,
            phys_area=random.random() < 0.5,
            policy=None,
            ram=[{"gpa": hex(RAM), "pages": 8}],
        )

    def start(self) -> list[dict[str, Any]]:
        """A guest as it comes up: all is mapped, and every vCPU has an area."""
        out: list[dict[str, Any]] = []
        for vcpu in range(self.vcpus):
            out.append({"ev": "use_space", "vcpu": vcpu, "space": 0})
            if (self.arch, self.guest) == ("x86_64", "pv"):
                out.append({"ev": "use_space", "vcpu": vcpu, "space": 1, "root": "user"})
        out.append({"ev": "map", "space": 0, "va": hex(self.base), "gpa": hex(RAM), "pages": 3})
        for vcpu in range(self.vcpus):
            out.append({"ev": "vcpu_up", "target": vcpu})
            offset = self.random.choice((*_OFFSETS, 64 * vcpu))
            call = {"ev": "vcpu_op", "vcpu": vcpu, "op": REGISTER, "target": vcpu}
            out.append(call | {"addr": hex(self.base + offset)})
        return out

    def vcpu(self) -> int:
        return self.random.randrange(self.vcpus)

    def page(self) -> str:
        return hex(self.base + (self.random.randrange(self.pages) << 12))

    def frame(self) -> str:
        return hex(RAM + (self.random.randrange(9) << 12))

    def switches(self) -> list[dict[str, Any]]:
        if not self.calm:
            return self.some_switches()
        random = self.random
        if len(self.patterns) < 3:
            pattern: list[dict[str, Any]] = []
            for _ in range(random.randrange(1, 4)):
                pattern += self.some_switches()[:8]
                if random.random() < 0.4:
                    pattern.append(self.event("use_space"))
            self.patterns.append(pattern)
        times = random.choice((1, 10, 40))
        return [dict(event) for _ in range(times) for event in random.choice(self.patterns)]

    def some_switches(self) -> list[dict[str, Any]]:
        random, out = self.random, []
        vcpu = self.vcpu()
        for _ in range(random.choice((1, 1, 4, 30))):
            if random.random() < 0.3:
                vcpu = self.vcpu()
            state = random.choice(("runnable", "blocked", "blocked", "offline"))
            pair = [
                {"ev": "switch_out", "vcpu": vcpu, "state": state},
                {"ev": "switch_in", "vcpu": vcpu},
            ]
            for event in pair:
                if random.random() < 0.98:
                    if self.evidence:
                        event["el"] = random.randrange(2)
                        if random.random() < 0.3:
                            event["wrote"] = random.random() < 0.7
                    out.append(event)
        return out

    def event(self, kind: str) -> dict[str, Any]:
        random = self.random
        event: dict[str, Any] = {"ev": kind}
        if kind in ("map", "unmap"):
            event |= {"space": random.randrange(3), "va": self.page()}
            if random.random() < 0.2:
                event["pages"] = random.choice((1, 2, 70))
            if kind == "map":
                event["gpa"] = self.frame()
                if random.random() < 0.1:
                    event["ro"] = True
        elif kind == "use_space":
            event |= {"vcpu": self.vcpu(), "space": random.randrange(3)}
            if (self.arch, self.guest) == ("x86_64", "pv") and random.random() < 0.5:
                event["root"] = "user"
        elif kind == "sample":
            gpa = None if random.random() < 0.3 else self.frame()
            event |= {"vcpu": self.vcpu(), "va": self.page(), "gpa": gpa}
        elif kind == "vcpu_op":
            event |= self.call()
        elif kind == "read":
            event |= {"vcpu": self.vcpu(), "target": self.vcpu()}
        elif kind == "vm_assist":
            event |= {"type": "runstate_update_flag", "on": random.random() < 0.5}
        elif kind in ("vcpu_up", "vcpu_down"):
            event["target"] = self.vcpu()
        elif kind in ("p2m_remove", "p2m_add", "reuse"):
            event["gpa"] = self.frame()
            if kind == "p2m_add":
                event["same_page"] = random.random() < 0.5
            elif kind == "reuse":
                event["as"] = random.choice(("free", "user", "kernel", "page-table"))
        elif kind == "stage":
            event["name"] = random.choice(("kernel", "kexec", "soft-reset"))
        elif kind == "note":
            event["text"] = f"note {random.randrange(5)}"
        elif kind == "observe":
            event["frames"] = [{"gpa": self.frame(), "first": 0, "last": 47}]
        elif kind == "mmu":
            event |= {"vcpu": self.vcpu(), "on": random.random() < 0.7}
        elif kind == "mode":
            event |= {"vcpu": self.vcpu(), "mode": random.choice(("kernel", "user"))}
            if self.evidence and random.random() < 0.3:
                event["retry"] = random.random() < 0.5
        return event

    def call(self) -> dict[str, Any]:
        random = self.random
        caller = self.vcpu()
        call: dict[str, Any] = {
            "vcpu": caller,
            "target": caller if random.random() < 0.8 else random.randrange(self.vcpus + 1),
            "op": random.choice((REGISTER, REGISTER, REGISTER, PHYS, _TIME_VA, _TIME_PHYS)),
        }
        offset = random.choice(_OFFSETS)
        if call["op"] in (PHYS, _TIME_PHYS):
            addr = (1 << 64) - 1 if random.random() < 0.2 else int(self.frame(), 16) + offset
        else:
            addr = 0 if random.random() < 0.1 else int(self.page(), 16) + offset
        call["addr"] = hex(addr)
        if random.random() < 0.3:
            call["ret"] = random.choice((0, -22))
        return call
