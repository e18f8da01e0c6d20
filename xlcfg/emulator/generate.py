"""Random boot traces, by seed: like recordings of a test guest that tries everything.

With `record`, results are filled in as the emulator predicts them, so that the trace verifies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from .events import FORMAT, VERSION, decode_event, decode_header
from .machine import Machine
from .models import default_model
from .terms import REGISTER_PHYS, REGISTER_VA

_FRAMES = 16
_PAGES = 4
_OFFSETS = (0x0, 0x10, 0x20, 0x40, 0x980, 0xFD0, 0xFD4, 0xFD8, 0xFE0, 0xFF0, 0xFF8, 0x11, 0xFD1)


def generate_trace(
    seed: int,
    events: int = 1000,
    *,
    arch: str = "arm64",
    guest: str = "pvh",
    vcpus: int = 2,
    policy: str = "update",
    phys_area: bool = False,
    record: bool = True,
    times: bool = False,
    remap: bool = True,
) -> Iterator[str]:
    """Lines of a trace of about `events` events; the same arguments give the same trace.

    `times` gives every event a `t`. Without `remap` page tables and frames stay as they are once
    the areas are registered. Raises `ValueError` for a guest that does not exist.
    """
    header = {
        "trace": FORMAT,
        "version": VERSION,
        "arch": arch,
        "guest": guest,
        "vcpus": vcpus,
        "policy": policy,
        "phys_area": phys_area,
        "hypervisor": f"generated, seed {seed}",
        "va_bits": {"arm64": 39, "x86_64": 48}.get(arch, 32),
        "runstate_size": 44 if arch == "x86_32" else 48,
        "ram": [{"gpa": hex(0x78006000), "pages": _FRAMES}],
    }
    return _Generator(seed, header, record, times, remap).run(events)


class _Generator:
    def __init__(
        self, seed: int, header: dict[str, Any], record: bool, times: bool, remap: bool
    ) -> None:
        self.random = Random(seed)
        self.head = header
        self.header = decode_header(header)
        self.record = record
        self.remap = remap
        self.clock = 1_000_000 if times else None
        policy = self.header.policy or "update"
        self.machine = Machine(self.header, policy, default_model(self.header, policy), verify=True)
        self.pv64 = self.machine.pv64
        self.up = {0}
        self.line = 1
        self.out: set[int] = set()

    def run(self, events: int) -> Iterator[str]:
        yield json.dumps(self.head)
        if self.pv64:
            for vcpu in range(self.header.vcpus):
                yield self.event(ev="use_space", vcpu=vcpu, space=4 * vcpu)
                yield self.event(ev="use_space", vcpu=vcpu, space=4 * vcpu + 1, root="user")
        else:
            for vcpu in range(self.header.vcpus):
                yield self.event(ev="use_space", vcpu=vcpu, space=4 * vcpu)
        yield self.event(ev="observe_reset")
        if not self.remap:
            yield from self.settle()
        while self.line < events:
            yield from self.step()

    def event(self, **members: Any) -> str:
        """One line; runs the event, and fills in what it returned."""
        if self.clock is not None:
            self.clock += self.random.randrange(20_000_000)
            members["t"] = self.clock
        self.line += 1
        machine = self.machine
        if members["ev"] == "observe":
            changed = machine.changed_frames()
            if self.record:
                members["frames"] = [
                    {"gpa": hex(gfn << 12), "first": first, "last": last}
                    for gfn, (first, last) in sorted(changed.items())
                ]
        ev, t, args = decode_event(members, self.header)
        machine.line, machine.t = self.line, t
        handler, bound = machine.bind(ev, args)
        if handler is not None and ev != "observe":
            handler(*bound)
        if ev == "vcpu_op" and self.record:
            members["ret"] = machine.answer
        return json.dumps(members)

    def settle(self) -> Iterator[str]:
        """Map everything alike everywhere, bring all vCPUs up, register an area each."""
        for space in range(4 * self.header.vcpus):
            yield self.event(
                ev="map", space=space, va=hex(self.va(0)), gpa=hex(self.gpa(0)), pages=_PAGES
            )
        for vcpu in range(self.header.vcpus):
            if vcpu not in self.up:
                yield from self.start(vcpu)
            addr = self.va(vcpu % _PAGES) + 64 * (1 + vcpu)
            yield self.event(ev="vcpu_op", vcpu=vcpu, op=REGISTER_VA, target=vcpu, addr=hex(addr))

    def start(self, vcpu: int) -> Iterator[str]:
        self.up.add(vcpu)
        yield self.event(ev="vcpu_up", target=vcpu)
        yield self.event(ev="switch_in", vcpu=vcpu)

    def va(self, page: int) -> int:
        return (0x10000000 if self.machine.narrow else 0x100000000) + (page << 12)

    def gpa(self, frame: int) -> int:
        return 0x78006000 + (frame << 12)

    def step(self) -> Iterator[str]:
        random = self.random
        choices = [(30, self.switch), (20, self.observe), (4, self.space)]
        if self.pv64:
            choices.append((8, self.mode))
        if self.remap:
            choices += [
                (12, self.map),
                (4, self.unmap),
                (12, self.register),
                (3, self.balloon),
                (2, self.assist),
                (1, self.hotplug),
                (2, self.read),
            ]
            if self.header.guest != "pv":
                choices.append((2, self.mmu))
        weights = [weight for weight, _ in choices]
        (action,) = random.choices([action for _, action in choices], weights)
        yield from action()

    def vcpu(self) -> int:
        return self.random.choice(sorted(self.up))

    def any_space(self) -> int:
        return 4 * self.random.randrange(self.header.vcpus) + self.random.randrange(2)

    def switch(self) -> Iterator[str]:
        vcpu = self.vcpu()
        state = self.random.choice(("runnable", "blocked", "blocked"))
        yield self.event(ev="switch_out", vcpu=vcpu, state=state)
        if self.remap and self.random.random() < 0.1:
            yield from self.map()
        yield self.event(ev="switch_in", vcpu=vcpu)

    def observe(self) -> Iterator[str]:
        if self.random.random() < 0.02:
            yield self.event(ev="observe_reset")
        elif self.record:
            yield self.event(ev="observe", frames=[])

    def space(self) -> Iterator[str]:
        vcpu = self.vcpu()
        members: dict[str, Any] = {"ev": "use_space", "vcpu": vcpu}
        members["space"] = 4 * vcpu + self.random.randrange(2)
        if self.pv64 and self.random.random() < 0.5:
            members["root"] = "user"
        yield self.event(**members)

    def mode(self) -> Iterator[str]:
        vcpu = self.vcpu()
        user = self.machine.vcpus[vcpu].user_mode
        yield self.event(ev="mode", vcpu=vcpu, mode="kernel" if user else "user")

    def mmu(self) -> Iterator[str]:
        vcpu = self.vcpu()
        yield self.event(ev="mmu", vcpu=vcpu, on=False)
        yield from self.switch()
        yield self.event(ev="mmu", vcpu=vcpu, on=True)

    def map(self) -> Iterator[str]:
        members: dict[str, Any] = {
            "ev": "map",
            "space": self.any_space(),
            "va": hex(self.va(self.random.randrange(_PAGES))),
            "gpa": hex(self.gpa(self.random.randrange(_FRAMES + 1))),
        }
        if self.random.random() < 0.1:
            members["ro"] = True
        yield self.event(**members)

    def unmap(self) -> Iterator[str]:
        va = hex(self.va(self.random.randrange(_PAGES)))
        yield self.event(ev="unmap", space=self.any_space(), va=va)

    def register(self) -> Iterator[str]:
        random = self.random
        caller = self.vcpu()
        target = caller if random.random() < 0.8 else random.randrange(self.header.vcpus + 1)
        if self.machine.vcpus[caller].user_mode:  # hypercalls come from kernel mode
            yield self.event(ev="mode", vcpu=caller, mode="kernel")
        members: dict[str, Any] = {"ev": "vcpu_op", "vcpu": caller, "target": target}
        offset = random.choice(_OFFSETS)
        if random.random() < 0.35:
            addr = (1 << 64) - 1
            if random.random() < 0.8:
                addr = self.gpa(random.randrange(_FRAMES + 1)) + offset
            members.update(op=REGISTER_PHYS, addr=hex(addr))
        else:
            addr = self.va(random.randrange(_PAGES)) + offset if random.random() < 0.9 else 0
            members.update(op=REGISTER_VA, addr=hex(addr))
        if random.random() < 0.02:
            members["arg_fault"] = True
        yield self.event(**members)

    def balloon(self) -> Iterator[str]:
        frame = self.random.randrange(_FRAMES)
        if frame in self.out:
            self.out.discard(frame)
            same = self.random.random() < 0.5
            yield self.event(ev="p2m_add", gpa=hex(self.gpa(frame)), same_page=same)
        else:
            self.out.add(frame)
            yield self.event(ev="p2m_remove", gpa=hex(self.gpa(frame)))

    def assist(self) -> Iterator[str]:
        on = self.random.random() < 0.5
        yield self.event(ev="vm_assist", type="runstate_update_flag", on=on)

    def hotplug(self) -> Iterator[str]:
        vcpu = self.random.randrange(self.header.vcpus)
        if vcpu not in self.up:
            yield from self.start(vcpu)
        elif vcpu:
            self.up.discard(vcpu)
            yield self.event(ev="switch_out", vcpu=vcpu, state="offline")
            yield self.event(ev="vcpu_down", target=vcpu)

    def read(self) -> Iterator[str]:
        vcpu = self.vcpu()
        yield self.event(ev="read", vcpu=vcpu, target=vcpu)
