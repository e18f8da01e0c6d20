"""Lost updates of all vCPUs together: how many, why, where, and for how long."""

from __future__ import annotations

from collections import Counter

from xlcfg.core.diagnostics import INFO, WARNING
from xlcfg.core.units import count, duration, share
from xlcfg.rules.replay._shared import Finding, lines_of, only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay
    from xlcfg.emulator.terms import Where

#: The obstacle of updates to a page that is no longer behind its frame.
PAGE_REPLACED = "page replaced"


class Losses:
    """What was lost in a replay. `why` and `where` count updates by obstacle and by place."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.vcpus = [vcpu for vcpu in replay.vcpus if vcpu.lost]
        self.lost = sum(vcpu.lost for vcpu in self.vcpus)
        self.why: Counter[str] = Counter()
        self.where: Counter[Where] = Counter()
        for vcpu in self.vcpus:
            self.why.update(vcpu.lost_why)
            self.where.update(vcpu.lost_where)

    @property
    def main(self) -> str:
        """The obstacle of most of them, "" if nothing was lost."""
        return max(self.why, key=lambda reason: self.why[reason]) if self.vcpus else ""

    @property
    def mostly_user(self) -> bool:
        """Whether more than half of them were lost in user mode."""
        in_user = sum(n for (state, _, _), n in self.where.items() if state == "user mode")
        return 2 * in_user > sum(self.where.values())

    def finding(self, code: str, cause: str) -> Finding:
        """The finding that tells of them; `cause` is the main obstacle in words."""
        attempts = sum(vcpu.attempts for vcpu in self.replay.vcpus)
        part = share(self.lost, attempts)
        text = f"{self.lost} of {attempts} updates ({part}) are lost because {cause}"
        others = sum(self.why.values()) - self.why[self.main]
        if others:
            text += f"; in {count(others, 'case')} for another reason"
        spots = sorted(self.where.items(), key=lambda item: -item[1])[:3]
        described = [words for place, number in spots if (words := _spot(place, number))]
        if described:
            text += "; lost in " + ", ".join(described)
        gap, gap_lines = self._longest_gap()
        text += gap
        severity = WARNING
        caught_up = sum(vcpu.caught_up for vcpu in self.vcpus)
        if caught_up:
            times = count(caught_up, "time")
            text += f"; {times} Xen makes up for it at the toggle to kernel mode"
            if sum(vcpu.deferred for vcpu in self.vcpus) == self.lost:
                severity = INFO
        if self.replay.policy == "update":
            advice = (
                "Keep the area mapped in every set of page tables the vCPU runs on, or use a "
                "hypervisor that translates once, in the hypercall."
            )
        else:
            advice = "Register the area again after its frame has been given back and replaced."
        first = min(vcpu.first_lost for vcpu in self.vcpus if vcpu.first_lost is not None)
        where = lines_of((first, *gap_lines))
        return Finding(code, severity, text, advice, where, only(self.vcpus))

    def _longest_gap(self) -> tuple[str, tuple[int, ...]]:
        """The longest row of updates that failed, in words, and its first and last line."""
        gaps = [vcpu.longest_gap for vcpu in self.vcpus if vcpu.longest_gap is not None]
        if not gaps:
            return "", ()
        worst = max(gaps, key=lambda gap: (gap.ns or 0, gap.updates))
        text = f"; the longest gap is {count(worst.updates, 'update')}"
        if worst.ns is not None:
            text += f" and {duration(worst.ns)}"
        return text, (worst.first_line, worst.last_line)


def _spot(place: Where, number: int) -> str:
    state, level, space = place
    words = [state] if state else []
    if level is not None:
        words.append(f"EL{level}")
    if space is not None:
        words.append(f"address space {space}")
    return f"{' '.join(words)} ({number})" if words else ""
