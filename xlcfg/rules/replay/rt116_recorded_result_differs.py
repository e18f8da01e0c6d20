"""A result in the trace that the emulator does not predict.

What it does
------------
With `--verify`, reports return values, observed writes and other recorded results that differ
from what the emulator expects. An error where the trace was recorded under the policy that is
replayed, else a note.

Why
---
Either the hypervisor behaves differently from the model, or the trace was made on another
hypervisor or under another policy than it says. Its other findings cannot be trusted before
that is settled.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0", "ret": -22}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0", "ret": 0}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import ERROR, INFO
from xlcfg.rules.replay._shared import NAMED, Finding, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT116"
NAME = "recorded-result-differs"
SUMMARY = "the recording contradicts the prediction"
TITLE = "recorded result differs"
SEVERITY = ("error", "info")
FIX = ""
IMPACT = ""
#: It is found only in a replay that verifies.
VERIFIES = True


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all recorded results."""
    verification = replay.verification
    if verification is None or verification.ok:
        return
    parts = [
        f"{number} of {verification.compared[kind]} {kind}"
        for kind, number in verification.differing.items()
        if number
    ]
    text = f"the recording contradicts the prediction: {', '.join(parts)}"
    recorded = replay.header.policy
    if recorded not in (None, replay.policy):
        text += f"; it was made under the policy {recorded}"
    yield Finding(
        CODE,
        ERROR if recorded in (None, replay.policy) else INFO,
        text,
        "Check the model and the policy against the hypervisor that was recorded.",
        lines_of(difference.line for difference in verification.differences[:NAMED]),
    )
