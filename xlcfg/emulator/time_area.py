"""The secondary time area of a vCPU (ops 13 and 15): which of its updates arrive.

Xen writes it where a vCPU is switched in, if its time record has changed since (a calibration,
another physical CPU). No trace says when that is, so every switch in counts as an update due.
"""

from __future__ import annotations

from .memory import Memory
from .translation import Translator
from .vcpu import Area, Plan, TimeUpdates, Vcpu

#: Bytes of the version, which is written first: where it cannot be, nothing else is tried.
VERSION = 4


class TimeKeeper:
    """Counts what becomes of the updates of all time areas. `deferring`: an update that fails in
    user mode is tried again at the toggle to kernel mode.
    """

    def __init__(self, translator: Translator, *, deferring: bool) -> None:
        self._translator = translator
        self._memory: Memory = translator.memory
        self._deferring = deferring

    def due(self, vcpu: Vcpu, times: TimeUpdates, line: int) -> Plan | None:
        """A vCPU is switched in: its plan, if what it writes is in a wrong place."""
        area = vcpu.time_area
        if area is None:
            times.unmet += times.wanted
            return None
        plan = self._plan(vcpu, times, area)
        times.attempts += 1
        if vcpu.time_phys and vcpu.time_va and vcpu.time_va.line > vcpu.time_phys.line:
            times.shadowed += 1
        if plan.complete:
            times.delivered += 1
        elif plan.writes and self.reaches(plan):
            times.partial += 1
            if times.first_partial is None:
                times.first_partial = line
        else:
            times.lost += 1
            times.lost_why[plan.why] = times.lost_why.get(plan.why, 0) + 1
            if times.first_lost is None:
                times.first_lost = line
            if self._deferring and vcpu.user_mode and vcpu.time_phys is None:
                times.pending = True
                times.deferred += 1
            return None
        return plan if plan.misplaced else None

    def toggled(self, vcpu: Vcpu, times: TimeUpdates) -> None:
        """The vCPU is in kernel mode again: an update that is pending is tried again."""
        area = vcpu.time_area
        if area is None:
            times.pending = False
        elif self.reaches(self._plan(vcpu, times, area)):
            times.pending = False
            times.caught_up += 1

    def reaches(self, plan: Plan) -> bool:
        """Whether an update gets past the version. A PV guest's is one store, which fails whole."""
        return plan.copied >= VERSION or (plan.copied > 0 and not self._memory.pv)

    def _plan(self, vcpu: Vcpu, times: TimeUpdates, area: Area) -> Plan:
        moment = area, vcpu.space, self._memory.moment
        if times.plan is None or times.known != moment:
            times.plan = self._translator.plan(vcpu, area)
            times.known = moment
        return times.plan
