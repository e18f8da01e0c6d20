"""Rules about replayed traces: each decides from the counts of a `Replay` what is worth telling.

The examples on their pages are the events of a trace. The first line says which guest and which
policy; what a header says besides is the same for all of them. Besides what every rule has:

- `TITLE`: the finding's name in JSON;
- `IMPACT`: what it can mean for the guest in the verdict on a policy, one of `IMPACTS` or "". It
  explains: the verdict itself is made of the counts (`xlcfg.emulator.harm`);
- `TOLD_WITH`: the code beside which it is told, if that is not its own;
- `VERIFIES`: it needs a replay that compares recorded results.

    from xlcfg.emulator import replay
    from xlcfg.rules.replay import findings

    for finding in findings(replay("boot.jsonl", "update")):
        print(finding.code, finding.line, finding.message)
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from xlcfg.core.diagnostics import INFO, SEVERITIES
from xlcfg.emulator.harm import HARMS, harm_of, worst
from xlcfg.rules import files
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from xlcfg.emulator.comparing import Comparison
    from xlcfg.emulator.results import Replay

__all__ = ["IMPACTS", "Finding", "findings", "impact", "reasons", "rules", "shows"]

#: What a rule's `IMPACT` can be, the least bad first.
IMPACTS = HARMS


@cache
def rules() -> dict[str, ModuleType]:
    """Every rule about replays, by code."""
    return {code: import_module(name) for code, name in files("replay")}


def findings(replay: Replay) -> list[Finding]:
    """All findings about a replay, worst first."""
    known = rules()
    found = [finding for rule in known.values() for finding in rule.check(replay)]
    # of one severity by code; the sort is stable
    found.sort(
        key=lambda one: (
            SEVERITIES.index(one.severity),
            getattr(known[one.code], "TOLD_WITH", one.code),
        )
    )
    return found


def impact(replay: Replay) -> str:
    """What a replay comes to for its guest, by its counts; "" if it does no harm."""
    return worst(map(harm_of, replay.vcpus))


def reasons(comparison: Comparison) -> list[tuple[str, int | None]]:
    """What explains the verdict of a comparison, as (text, trace line or None)."""
    explained: list[tuple[str, int | None]] = []
    if comparison.difference is not None:
        line, text = comparison.difference
        explained.append((f"first difference: {text}", line))
    for replay in (comparison.update, comparison.hypercall):
        worst = next((one for one in findings(replay) if one.severity != INFO), None)
        if worst is not None:
            explained.append((f"{replay.policy}: {worst.message}", worst.line))
    return explained


def shows(code: str) -> Callable[[Replay], bool]:
    """Whether a replay has a finding of a code."""
    check = rules()[code].check
    return lambda replay: any(True for _ in check(replay))
