"""Building small traces in tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TRACES = Path(__file__).parent.parent / "data" / "traces"
RECORDED = sorted(path.name for path in TRACES.glob("*.jsonl.xz"))
RAM = 0x40000000
VA = 0x100000000
REGISTER = "register_runstate_memory_area"
PHYS = "register_runstate_phys_area"


def header(**members: Any) -> dict[str, Any]:
    arch = members.get("arch", "arm64")
    return {
        "trace": "xlcfg-boot-trace",
        "version": 1,
        "arch": arch,
        "guest": "pvh",
        "vcpus": 2,
        "policy": "update",
        "phys_area": False,
        "hypervisor": "test",
        "va_bits": {"arm64": 39, "x86_64": 48}.get(arch, 32),
        "runstate_size": 44 if arch == "x86_32" else 48,
        "ram": [{"gpa": hex(RAM), "pages": 16}],
    } | members


def trace(*events: dict[str, Any], **members: Any) -> list[str]:
    return [json.dumps(header(**members)), *(json.dumps(event) for event in events)]


def frame(index: int) -> str:
    return hex(RAM + (index << 12))


def ev(name: str, **members: Any) -> dict[str, Any]:
    for key in ("va", "gpa", "addr"):
        if isinstance(members.get(key), int):
            members[key] = hex(members[key])
    return {"ev": name} | {key.rstrip("_"): value for key, value in members.items()}


def map_(index: int, va: int = VA, space: int = 0, **members: Any) -> dict[str, Any]:
    return ev("map", space=space, va=va, gpa=frame(index), **members)


def register(va: int = VA + 0x40, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    members = {"op": REGISTER, "target": vcpu} | members
    return ev("vcpu_op", vcpu=vcpu, addr=va, **members)


def switch(vcpu: int = 0, times: int = 1) -> list[dict[str, Any]]:
    pair = [
        ev("switch_out", vcpu=vcpu, state="runnable"),
        ev("switch_in", vcpu=vcpu),
    ]
    return pair * times


def use(space: int, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    return ev("use_space", vcpu=vcpu, space=space, **members)


def written(lines: list[str], policy: str = "update", model: Any = None) -> dict[int, Any]:
    """Frame index -> (first, last byte) written since the last observe_reset of a trace."""
    from xlcfg.emulator.feed import feed
    from xlcfg.emulator.machine import Machine
    from xlcfg.emulator.replaying import choose_model
    from xlcfg.emulator.trace import Reader

    reader = Reader(lines)
    machine = Machine(
        reader.header, policy, choose_model(reader.header, policy, model), verify=True
    )
    feed(reader, machine)
    return {gfn - (RAM >> 12): extent for gfn, extent in machine.changed_frames().items()}


def answers(lines: list[str], policy: str = "update", model: Any = None) -> list[int]:
    """What the registration calls of a trace return."""
    from xlcfg.emulator import replay

    calls = [
        call for vcpu in replay(lines, policy, model=model).vcpus for call in vcpu.registrations
    ]
    return [call.ret for call in sorted(calls, key=lambda call: call.line)]
