"""Holding the results that a trace records against the emulator's predictions."""

from __future__ import annotations

from typing import Any

from .results import Difference, Verification
from .terms import KEEP
from .translation import Translator
from .vcpu import Plan, Vcpu

#: So many written extents are kept before those of machine pages that have left are dropped.
_MAX_DIRTY = 1 << 14
#: So many bytes at either end of what was written may have had that value before.
_UNCHANGED = 2


class Verifier:
    """What was written since the last look, and how recorded results compare with it."""

    def __init__(self, translator: Translator, vcpus: list[Vcpu]) -> None:
        self.verification = Verification()
        self._translator = translator
        self._memory = translator.memory
        self._vcpus = vcpus
        #: What was written: as plans, and as extents by (gfn, generation).
        self._plans: set[Plan] = set()
        self._dirty: dict[tuple[int, int], tuple[int, int]] = {}

    def written(self, plan: Plan) -> None:
        """Xen has written what a plan says."""
        self._plans.add(plan)

    def switched(self, vcpu: Vcpu, line: int, wrote: bool | None) -> None:
        """A vCPU was switched, and its area updated; `wrote` is what the trace says of that."""
        self.settle(vcpu)
        if wrote is not None:
            # The clock can stand still: then the area holds this state_entry_time already.
            held = vcpu.entry is not None and vcpu.entry == vcpu.held_entry
            vcpu.unchecked = (line, wrote, held)
        plan = vcpu.plan
        if plan is not None and plan.writes:
            self._plans.add(plan)
            if len(self._plans) > KEEP:
                self._merge()
            if plan.copied > self._translator.flag_at:
                vcpu.entry_held()

    def settle(self, vcpu: Vcpu) -> None:
        """Compare what was recorded at the last switch of a vCPU, now that it is known."""
        if vcpu.unchecked is not None:
            line, wrote, held = vcpu.unchecked
            vcpu.unchecked = None
            self.compare("wrote", line, wrote, held)

    def reset(self) -> None:
        """A recorder looks from here on."""
        self._plans.clear()
        self._dirty.clear()

    def observe(self, line: int, recorded: dict[int, tuple[int, int]]) -> None:
        """A recorder has found frames changed: gfn -> (first, last byte)."""
        predicted = self.changed_frames()
        same = recorded == predicted or self._same_frames(recorded, predicted)
        self.compare("observe", line, recorded, predicted, same=same)

    def changed_frames(self) -> dict[int, tuple[int, int]]:
        """gfn -> (first, last byte) written since the last call.

        Frames that are out of the p2m stay for a later call.
        """
        self._merge()
        memory = self._memory
        predicted: dict[int, tuple[int, int]] = {}
        pending: dict[tuple[int, int], tuple[int, int]] = {}
        for (gfn, gen), extent in self._dirty.items():
            if memory.frames.get(gfn) == (gfn, gen):
                predicted[gfn] = extent
                continue
            if memory.generation.get(gfn) != gen:
                continue
            if memory.present.get(gfn) < 0:
                pending[gfn, gen] = extent
            else:
                predicted[gfn] = extent
        self._dirty = pending
        return predicted

    def _merge(self) -> None:
        for plan in self._plans:
            for gfn, gen, first, last in plan.writes:
                extent = self._dirty.get((gfn, gen))
                if extent is not None:
                    first, last = min(first, extent[0]), max(last, extent[1])
                self._dirty[gfn, gen] = first, last
        self._plans.clear()
        if len(self._dirty) > _MAX_DIRTY:  # machine pages that have left the guest are never seen
            get = self._memory.generation.get
            self._dirty = {key: ext for key, ext in self._dirty.items() if get(key[0]) == key[1]}

    def _same_frames(
        self, recorded: dict[int, tuple[int, int]], predicted: dict[int, tuple[int, int]]
    ) -> bool:
        """Whether a recorder could have found this: a byte that was written with the value it had
        is not seen to change.
        """
        for gfn in recorded.keys() | predicted.keys():
            want, got = recorded.get(gfn), predicted.get(gfn)
            if want is None or got is None:
                if want is None or not self._time_update(gfn, want):
                    return False
            elif not (0 <= want[0] - got[0] <= _UNCHANGED and 0 <= got[1] - want[1] <= _UNCHANGED):
                return False
        return True

    def _time_update(self, gfn: int, extent: tuple[int, int]) -> bool:
        """A time area is updated at any moment: not predicted, but allowed where one is."""
        for vcpu in self._vcpus:
            for area in (vcpu.time_va, vcpu.time_phys):
                if area is None:
                    continue
                if area.pinned is not None:
                    writes = area.pinned
                else:
                    writes = self._translator.translate(vcpu, vcpu.space, area).writes
                for where, _, first, last in writes:
                    if where == gfn and first <= extent[0] and extent[1] <= last:
                        return True
        return False

    def compare(
        self, kind: str, line: int, recorded: Any, predicted: Any, *, same: bool | None = None
    ) -> None:
        """Count a recorded result of a kind; `same` if equality is not what makes it right."""
        verification = self.verification
        verification.compared[kind] += 1
        if not (recorded == predicted if same is None else same):
            verification.differing[kind] += 1
            if len(verification.differences) < KEEP:
                verification.differences.append(Difference(kind, line, recorded, predicted))
