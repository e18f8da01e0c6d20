"""What the rules about replays share: the finding, and who and where in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xlcfg.core.units import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import VcpuReport

#: So many vCPUs, calls and differences are named in a finding; the rest is counted.
NAMED = 4


@dataclass(slots=True)
class Finding:
    """One finding about a replay. `lines` are trace lines, the most telling one first; `vcpu` is
    None for the guest as a whole.
    """

    code: str
    severity: str
    message: str
    help: str
    lines: tuple[int, ...]
    vcpu: int | None = None

    @property
    def line(self) -> int | None:
        """The most telling trace line."""
        return self.lines[0] if self.lines else None


def who(vcpus: list[VcpuReport]) -> str:
    """The vCPUs by number: `vCPU 1`, `vCPUs 0, 1, 2, 3, 2 more`."""
    names = [str(vcpu.index) for vcpu in vcpus[:NAMED]]
    if len(vcpus) > NAMED:
        names.append(f"{len(vcpus) - NAMED} more")
    return ("vCPU " if len(vcpus) == 1 else "vCPUs ") + ", ".join(names)


def unmet(vcpus: list[VcpuReport]) -> str:
    """How many updates that the guest asked for do not come for want of an area, in words."""
    missed = sum(vcpu.missed for vcpu in vcpus)
    if not missed:
        return "no update from here on"
    return f"{count(missed, 'update')} asked for without an area in force"


def only(vcpus: list[VcpuReport]) -> int | None:
    """The number of the vCPU if it is one."""
    return vcpus[0].index if len(vcpus) == 1 else None


def lines_of(lines: Iterable[int | None]) -> tuple[int, ...]:
    """Trace lines, each once, without those that are not known."""
    return tuple(dict.fromkeys(line for line in lines if line is not None))
