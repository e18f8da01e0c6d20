"""Writes that went to another place than the area's."""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.units import count
from xlcfg.rules.replay._shared import Finding, lines_of, only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

ANOTHER_FRAME = "written to another frame than the area's"
UNNAMED = "written to the area's own frame while no address leads to it"
NO_AREA = "written over memory that is no area any more"


def misplaced(
    replay: Replay, kind: str, code: str, severity: str, why: str, advice: str, what: str
) -> Iterator[Finding]:
    """The finding about misplaced writes of a kind (`MisplacedWrites.kind`), if there are any.

    `what` happened (ANOTHER_FRAME or NO_AREA), `why`, and the `advice`.
    """
    hits = [
        (vcpu, writes) for vcpu in replay.vcpus for writes in vcpu.misplaced if writes.kind == kind
    ]
    if not hits:
        return
    number = sum(writes.count for _, writes in hits)
    _, first = min(hits, key=lambda hit: hit[1].first_line)
    use = f" ({first.use} since line {first.use_line})" if first.use else ""
    frames = {gpa for vcpu, _ in hits for gpa in vcpu.overwritten}
    over = f"{count(len(frames), 'frame')}, " if len(frames) > 1 else ""
    yield Finding(
        code,
        severity,
        f"{count(number, 'update')} {what}: {why}; {over}"
        f"first frame {first.gpa:#x}{use} at line {first.first_line}",
        advice,
        lines_of((first.first_line, first.registered_line, first.use_line)),
        only([vcpu for vcpu, _ in hits]),
    )
