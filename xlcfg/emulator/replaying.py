"""Replaying one trace under one policy."""

from __future__ import annotations

from dataclasses import dataclass, field

from .feed import feed
from .findings import Finding, findings_of
from .machine import Machine, Vcpu, Where
from .models import Model, default_model, known_models
from .results import Gap, MisplacedWrites, ReadStats, Registration, Verification
from .terms import POLICIES
from .trace import Header, Reader, Source


@dataclass(slots=True)
class VcpuReport:
    """What happened to one vCPU's runstate area.

    An update is what Xen does at a switch out or in while an area is registered; the copy made by
    the registration itself is not counted. attempts = delivered + partial + lost:

    - `delivered`: every byte of the area was written, `misplaced` or not;
    - `partial`: some bytes, or just the flag byte;
    - `lost`: none that the guest can see.

    `deferred` updates (64-bit PV, none of the area's bytes written in user mode) are made up for
    at a toggle to kernel mode, one for all that are outstanding: `made_up` counts those toggles.
    `misplaced` counts writes by kind, see `MisplacedWrites`; `overwritten` maps the gpa of the
    frames they hit to how often. `lost_where` maps (guest state, exception level, address space) to
    the updates lost there, `lost_why` the obstacle to their number. `longest_gap` is the
    longest row of updates that failed. `registrations` keeps the first 200 calls; `registered` and
    `refused` count all of them.
    """

    index: int
    registrations: list[Registration]
    registered: int
    refused: int
    attempts: int
    delivered: int
    partial: int
    lost: int
    deferred: int
    made_up: int
    first_lost: int | None
    first_partial: int | None
    longest_gap: Gap | None
    lost_where: dict[Where, int]
    lost_why: dict[str, int]
    misplaced: list[MisplacedWrites]
    overwritten: dict[int, int]
    reads: ReadStats
    #: First refused registration that took a good area with it; first line with areas of both
    #: interfaces.
    dropped: int | None
    mixed: int | None
    #: The kind of area in force at the end: "address", "physical" or None.
    area: str | None
    #: Trace line of the registration of that area.
    area_line: int | None

    @property
    def misplaced_total(self) -> int:
        """Updates with bytes in a wrong frame."""
        return sum(writes.count for writes in self.misplaced)


@dataclass(slots=True)
class Replay:
    """The outcome of `replay`. `events` is the number of events of the trace."""

    header: Header
    policy: str
    model: Model
    events: int
    vcpus: list[VcpuReport]
    verification: Verification | None
    remaps_without_break: int = 0
    first_remap: int | None = None
    stages: list[tuple[int, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def total(self, name: str) -> int:
        """The sum of a count over all vCPUs."""
        return sum(int(getattr(vcpu, name)) for vcpu in self.vcpus)


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
    """What a finished machine knows, as a `Replay` with its findings."""
    result = Replay(
        machine.header,
        machine.policy,
        machine.model,
        events,
        [_vcpu_report(machine, vcpu) for vcpu in machine.vcpus],
        machine.verification,
        machine.remaps_without_break,
        machine.first_remap,
        machine.stage_names,
    )
    result.findings = findings_of(result)
    return result


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
        made_up=vcpu.made_up,
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
        area=None if area is None else "physical" if area.by_phys else "address",
        area_line=None if area is None else area.line,
    )
