"""Both policies side by side, in one pass over a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .events import Header
from .feed import feed
from .harm import harm_of
from .machine import Call, Machine
from .models import Model
from .replaying import choose_model, report
from .results import Replay
from .terms import POLICIES, errno_name
from .trace import Reader, Source
from .vcpu import Plan, Vcpu


@dataclass(slots=True)
class Comparison:
    """`distinguishable`: this guest can tell the policies apart, first at `first_difference` (a
    trace line). `safe`: the policies that do no harm (`harm`).
    `difference` is that line and what differs there; `verdict` is one sentence.
    """

    update: Replay
    hypercall: Replay
    difference: tuple[int, str] | None

    @property
    def first_difference(self) -> int | None:
        """The trace line from which on the guest can tell."""
        return None if self.difference is None else self.difference[0]

    @property
    def distinguishable(self) -> bool:
        """Whether anything the guest can see differs."""
        return self.difference is not None

    @property
    def safe(self) -> tuple[str, ...]:
        """Policies that serve this guest without loss."""
        return tuple(r.policy for r in (self.update, self.hypercall) if is_safe(r))

    @property
    def verdict(self) -> str:
        """Which policy this guest can live with."""
        if not self.update.total("registered"):
            return "no area is registered: the policies cannot be told apart"
        if not self.distinguishable:
            tail = "" if self.safe else ", and neither serves it without loss"
            return f"this guest cannot tell the policies apart{tail}"
        if not self.safe:
            return "the policies differ, and neither serves this guest without loss"
        if len(self.safe) == 1:
            return f"only {self.safe[0]} is safe for this guest"
        return "the policies differ, but both serve this guest"


def is_safe(replay: Replay) -> bool:
    """No foreign memory written, every update asked for arrives, no area lost by a refusal."""
    return not any(harm_of(vcpu).word for vcpu in replay.vcpus)


class _Pair:
    """Two machines fed as one; notes the first thing in which they differ."""

    def __init__(self, update: Machine, hypercall: Machine) -> None:
        self.machines = update, hypercall
        self.line = 0
        self.t: int | None = None
        self.first: tuple[int, str] | None = None

    def bind(self, ev: str, args: tuple[Any, ...]) -> Call:
        """A call of both machines, and a look at what they did."""
        update, hypercall = self.machines
        one, first_args = update.bind(ev, args)
        two, second_args = hypercall.bind(ev, args)
        if one is None or two is None:
            return None, ()
        look = {
            "switch_in": self._look_at_update,
            "switch_out": self._look_at_update,
            "vcpu_op": self._look_at_answer,
        }.get(ev)

        def both() -> None:
            update.line = hypercall.line = self.line
            update.t = hypercall.t = self.t
            one(*first_args)
            two(*second_args)
            if look is not None and self.first is None:
                look(args[0])

        return both, ()

    def _look_at_update(self, index: int) -> None:
        vcpus = [machine.vcpus[index] for machine in self.machines]
        what = ""
        update, hypercall = (_written(vcpu.plan if vcpu.area else None) for vcpu in vcpus)
        if update == hypercall and any(vcpu.time and vcpu.running for vcpu in vcpus):
            what = " of its secondary time area"
            update, hypercall = (_written(_time_plan(vcpu)) for vcpu in vcpus)
        if update == hypercall:
            return
        differs = f"update {_frames(update)}, hypercall {_frames(hypercall)}"
        whose = f"vCPU {index}, an update{what}" if what else f"vCPU {index}"
        self.first = self.line, f"{whose}: {differs}"

    def _look_at_answer(self, _caller: int) -> None:
        update, hypercall = (machine.answer for machine in self.machines)
        if update != hypercall:
            answers = f"{errno_name(update)} under update, {errno_name(hypercall)} under hypercall"
            self.first = self.line, f"the registration returns {answers}"

    def finish(self) -> None:
        """The trace ends."""
        for machine in self.machines:
            machine.line, machine.t = self.line, self.t
            machine.finish()


def _time_plan(vcpu: Vcpu) -> Plan | None:
    return vcpu.time.plan if vcpu.time is not None and vcpu.time_area is not None else None


def _written(plan: Plan | None) -> set[int]:
    """The frames in which the guest can see that an update has been."""
    if plan is None or plan.why == "page replaced":
        return set()
    return {write[0] for write in plan.writes}


def _frames(gfns: set[int]) -> str:
    if not gfns:
        return "writes nothing"
    return "writes frame " + ", ".join(f"{gfn << 12:#x}" for gfn in sorted(gfns))


def compare(
    trace: Source | Reader,
    *,
    models: dict[str, Model | str] | None = None,
    machine: Callable[[Header, str, Model], Machine] = Machine,
) -> Comparison:
    """Replay a trace under both policies at once. `models` may name a model per policy; `machine`
    makes what the events are fed to.
    """
    with trace if isinstance(trace, Reader) else Reader(trace) as reader:
        header, chosen = reader.header, models or {}
        machines = [
            machine(header, policy, choose_model(header, policy, chosen.get(policy)))
            for policy in POLICIES
        ]
        pair = _Pair(*machines)
        events = feed(reader, pair)
    update, hypercall = (report(one, events) for one in machines)
    return Comparison(update, hypercall, pair.first)
