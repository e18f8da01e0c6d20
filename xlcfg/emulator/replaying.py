"""Replaying one trace under one policy."""

from __future__ import annotations

from .events import Header
from .feed import feed
from .machine import Machine
from .models import Model, default_model, known_models
from .results import Replay, TimeReport, VcpuReport
from .terms import POLICIES, Where
from .trace import Reader, Source
from .vcpu import Area, Vcpu


def replay(
    trace: Source | Reader,
    policy: str,
    *,
    model: Model | str | None = None,
    verify: bool = False,
) -> Replay:
    """Replay a trace under `policy` ("update" or "hypercall") and report what becomes of the areas.

    `model` is a hypervisor model or the name of a built-in one; by default the header chooses.
    `verify` compares every recorded `ret`, `observe`, `wrote` and `retry` with the prediction.
    Memory does not grow with the trace. Raises `TraceError` for a broken trace, `ValueError` for an
    unknown policy or model.
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}; policies are {', '.join(POLICIES)}")
    with trace if isinstance(trace, Reader) else Reader(trace) as reader:
        chosen = choose_model(reader.header, policy, model)
        machine = Machine(reader.header, policy, chosen, verify=verify)
        events = feed(reader, machine)
    return report(machine, events)


def choose_model(header: Header, policy: str, model: Model | str | None) -> Model:
    """The model to use; `ValueError` for a name that is not known."""
    if isinstance(model, Model):
        return model
    if model is None:
        return default_model(header, policy)
    known = known_models()
    if model not in known:
        raise ValueError(f"unknown hypervisor model {model!r}; known: {', '.join(sorted(known))}")
    return known[model]


def report(machine: Machine, events: int) -> Replay:
    """What a finished machine knows, as a `Replay`."""
    return Replay(
        machine.header,
        machine.policy,
        machine.model,
        events,
        [_vcpu_report(machine, vcpu) for vcpu in machine.vcpus],
        machine.verification,
        machine.memory.remaps_without_break,
        machine.memory.first_remap,
        machine.stages,
    )


def _vcpu_report(machine: Machine, vcpu: Vcpu) -> VcpuReport:
    area = vcpu.area
    lost_where: dict[Where, int] = {}
    lost_why: dict[str, int] = {}
    for (why, space, user_mode, level), number in vcpu.lost_at.items():
        where = machine.where(space, user_mode, level)
        lost_where[where] = lost_where.get(where, 0) + number
        lost_why[why] = lost_why.get(why, 0) + number
    return VcpuReport(
        index=vcpu.index,
        registrations=vcpu.registrations,
        registered=vcpu.registered,
        refused=vcpu.refused,
        attempts=vcpu.attempts,
        delivered=vcpu.delivered,
        partial=vcpu.partial,
        lost=vcpu.lost,
        deferred=vcpu.deferred,
        caught_up=vcpu.caught_up,
        missed=vcpu.missed,
        late=vcpu.late,
        shadowed=vcpu.shadowed,
        left_without=vcpu.left_without,
        first_lost=vcpu.first_lost,
        first_partial=vcpu.first_partial,
        longest_gap=vcpu.longest,
        lost_where=lost_where,
        lost_why=lost_why,
        misplaced=list(vcpu.misplaced.values()),
        overwritten={gfn << 12: count for gfn, count in vcpu.frames.items()},
        reads=vcpu.reads,
        dropped=vcpu.dropped,
        mixed=vcpu.mixed,
        area=_interface(area),
        area_line=None if area is None else area.line,
        time=_time_report(vcpu),
    )


def _interface(area: Area | None) -> str | None:
    return None if area is None else "physical" if area.by_phys else "address"


def _time_report(vcpu: Vcpu) -> TimeReport | None:
    times = vcpu.time
    if times is None:
        return None
    return TimeReport(
        attempts=times.attempts,
        delivered=times.delivered,
        partial=times.partial,
        lost=times.lost,
        deferred=times.deferred,
        caught_up=times.caught_up,
        missed=times.missed,
        late=times.late,
        shadowed=times.shadowed,
        left_without=times.wanted,
        first_lost=times.first_lost,
        first_partial=times.first_partial,
        lost_why=times.lost_why,
        misplaced=list(times.misplaced.values()),
        overwritten={gfn << 12: count for gfn, count in times.overwritten.items()},
        dropped=times.dropped,
        area=_interface(vcpu.time_area),
    )
