"""What a policy does to a vCPU, from counts alone: what arrives where.

From worst to none:

- `corrupts`: memory that is not, or no longer, the area's is overwritten;
- `loses updates`: an update that the guest asked for does not arrive where it looks, or in part;
- `refused`: every update due arrives, but a refused call took an area away, or left the vCPU
  without one until another call;
- nothing.

Of two policies with the same harm, that is worse which does more of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .results import CORRUPTING, TimeReport, VcpuReport

#: What can become of a vCPU that registers an area, the least bad first.
HARMS = ("refused", "loses updates", "corrupts")


class Harm(NamedTuple):
    """`overwriting` updates hit other memory; of the rest, `arrived` reached the area, and `lost`
    were asked for and did not: they failed for good, were torn, or no area was there for them.
    `late` updates came before the first call that was not refused; `dropped` says that a refused
    call took an area away.
    """

    overwriting: int = 0
    arrived: int = 0
    lost: int = 0
    late: int = 0
    dropped: bool = False
    refused: bool = False

    @property
    def word(self) -> str:
        """One of HARMS, or "" for none."""
        if self.overwriting:
            return "corrupts"
        if self.lost:
            return "loses updates"
        return "refused" if self.late or self.dropped or self.refused else ""

    def compared(self) -> tuple[int, ...]:
        """For comparing what two policies do to the same vCPU: the larger is worse."""
        # Where updates are lost, it does not matter whether a refusal is why.
        refused = 0 if self.lost else self.late + self.dropped + self.refused
        return self.overwriting, -self.arrived, self.lost, refused


def harm_of(vcpu: VcpuReport) -> Harm:
    """The harm to a vCPU, by the updates of its runstate area and of its secondary time area. What
    64-bit PV makes up for at the toggle to kernel mode is not lost.
    """
    harm = _harm(vcpu)
    if vcpu.time is None:
        return harm
    time = _harm(vcpu.time)
    return Harm(
        harm.overwriting + time.overwriting,
        harm.arrived + time.arrived,
        harm.lost + time.lost,
        harm.late + time.late,
        harm.dropped or time.dropped,
        harm.refused or time.refused,
    )


def _harm(vcpu: VcpuReport | TimeReport) -> Harm:
    overwriting = sum(writes.count for writes in vcpu.misplaced if writes.kind in CORRUPTING)
    failed = vcpu.lost + vcpu.partial
    if vcpu.caught_up:
        failed -= min(vcpu.deferred, vcpu.lost)
    lost = failed + vcpu.missed + vcpu.shadowed
    return Harm(
        overwriting,
        max(0, vcpu.attempts - failed - vcpu.shadowed - overwriting),
        lost,
        vcpu.late,
        vcpu.dropped is not None,
        vcpu.left_without,
    )


def worst(harms: Iterable[Harm]) -> str:
    """The worst word of all, "" if there is none."""
    words = {harm.word for harm in harms}
    return next((word for word in reversed(HARMS) if word in words), "")
