"""A registration that the hypervisor refuses.

What it does
------------
Reports registrations that return an error other than "no such vCPU", with the reason where the
trace shows it.

Why
---
Under the policy `hypercall` the address is translated once, in the call. If it leads to no
writable RAM at that moment, or on Arm belongs to another vCPU, the call fails and the vCPU has
no stolen-time accounting. A guest that ignores the return value never learns of it.

Example
-------
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}

Fix
---
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import WARNING
from xlcfg.emulator.terms import OP_NUMBERS, REGISTER_TIME_VA, REGISTER_VA, errno_name
from xlcfg.rules.replay._calls import Refusal, refusals
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.models import Model
    from xlcfg.emulator.results import Replay

CODE = "RT101"
NAME = "registration-refused"
SUMMARY = "a hypercall that registers a runstate area returns an error"
TITLE = "registration refused"
SEVERITY = "warning"
FIX = ""
IMPACT = "refused"

#: Operations that take an address, and what to call instead of one that is not implemented.
_BY_ADDRESS = (OP_NUMBERS[REGISTER_VA], OP_NUMBERS[REGISTER_TIME_VA])
_FALLBACKS = {
    13: (0, ""),
    14: (5, "register_runstate_memory_area"),
    15: (13, "register_vcpu_time_memory_area"),
}


def check(replay: Replay) -> Iterator[Finding]:
    """A finding per operation and answer."""
    for refusal in refusals(replay):
        if refusal.in_spite_of_feature_bit(replay):
            continue  # RT112
        why, advice = _explained(refusal, replay)
        times = f", {refusal.calls} times" if refusal.calls > 1 else ""
        text = f"op {refusal.op} returns {errno_name(refusal.ret)}{times}: {why}"
        yield Finding(CODE, WARNING, text, advice, (refusal.line,))


def _explained(refusal: Refusal, replay: Replay) -> tuple[str, str]:
    """(why, what to do instead)"""
    model = replay.model
    if refusal.unimplemented(model):
        op, name = _FALLBACKS[refusal.op]
        return (
            "this hypervisor does not implement the call",
            f"Fall back to {name} (op {op})." if op else "Do without it.",
        )
    if refusal.op in _BY_ADDRESS and replay.policy == "hypercall":
        return refusal.failed or _untranslated(refusal, model), _advice(model)
    advice = (
        "Xen refuses physical areas that cross a page, are misaligned or lie in no RAM, and "
        "arguments and addresses that are not the guest's."
    )
    return refusal.failed or "the hypervisor does not say why", advice


def _untranslated(refusal: Refusal, model: Model) -> str:
    if refusal.ret == model.refuse and not refusal.own and not model.remote:
        return "an area is translated only for the calling vCPU itself"
    whose = "its own" if refusal.own else "another vCPU's"
    target = " to writable RAM" if model.needs_write else ""
    return f"the address of {whose} area cannot be translated{target} in the hypercall"


def _advice(model: Model) -> str:
    writable = " writable" if model.needs_write else ""
    aligned = f", aligned to {model.align} bytes" if model.align > 1 else ""
    whence = "" if model.remote else " from the vCPU itself"
    return f"Register{whence}, with the area mapped{writable}{aligned}."
