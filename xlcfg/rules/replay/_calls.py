"""Registration calls that were refused."""

from __future__ import annotations

from typing import NamedTuple

from xlcfg.emulator.registration import hole
from xlcfg.emulator.terms import (
    EACCES,
    EFAULT,
    EINVAL,
    ENOENT,
    ENXIO,
    OFFSET,
    OP_NUMBERS,
    PAGE_SIZE,
    REGISTER_PHYS,
    REGISTER_TIME_PHYS,
    REGISTER_TIME_VA,
    TIME_SIZE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.models import Model
    from xlcfg.emulator.results import Registration, Replay


class Refusal(NamedTuple):
    """Calls of one operation with one answer. `line` is the first one's, `own` whether that was
    for the caller itself.
    """

    op: int
    ret: int
    calls: int
    line: int
    own: bool
    #: The check that failed, in words; "" where only the translation can have.
    failed: str = ""

    def in_spite_of_feature_bit(self, replay: Replay) -> bool:
        """Whether the hypervisor advertises this operation, and implements it for nobody."""
        return (
            self.op == OP_NUMBERS[REGISTER_PHYS]
            and self.unimplemented(replay.model)
            and replay.model.advertises_phys(replay.header)
        )

    def unimplemented(self, model: Model) -> bool:
        """Whether this is an operation that the hypervisor does not have."""
        answers = {
            OP_NUMBERS[REGISTER_TIME_VA]: model.op13,
            OP_NUMBERS[REGISTER_PHYS]: model.op14,
            OP_NUMBERS[REGISTER_TIME_PHYS]: model.op15,
        }
        return self.ret == answers.get(self.op, 0)


def failed_check(replay: Replay, call: Registration) -> str:
    """The check of a refused call that failed, in words; "" where it is not one of the address."""
    size = replay.header.runstate_size
    time = call.op in (REGISTER_TIME_VA, REGISTER_TIME_PHYS)
    align = 8 if size == 48 else 4
    physical = call.op in (REGISTER_PHYS, REGISTER_TIME_PHYS)
    model = replay.model
    if physical and call.ret == ENXIO:
        if (call.addr & OFFSET) + (TIME_SIZE if time else size) > PAGE_SIZE:
            return f"the area at {call.addr:#x} crosses a page"
        return f"the address {call.addr:#x} is not aligned to {align} bytes"
    if physical and call.ret == EACCES:
        return f"the frame {call.addr & ~OFFSET:#x} holds a page table"
    if physical and call.ret == EINVAL:
        return f"the frame {call.addr & ~OFFSET:#x} is no RAM of the guest"
    if call.ret == EFAULT and (physical or replay.policy != "hypercall" or model.refuse != EFAULT):
        if not physical and call.addr in hole(replay.header):
            return f"the address {call.addr:#x} is in a range that is not the guest's"
        return "the argument of the call cannot be read"
    if not physical and replay.policy == "hypercall":
        if call.addr % model.align:
            return f"the address {call.addr:#x} is not aligned to {model.align} bytes"
        crosses = (call.addr & OFFSET) + (TIME_SIZE if time else size) > PAGE_SIZE
        if crosses and not (model.time_cross if time else model.cross):
            return f"the area at {call.addr:#x} crosses a page"
    return ""


def refusals(replay: Replay) -> list[Refusal]:
    """All refused calls, by operation and answer. A call for a vCPU that the guest does not have
    is a question, not a mistake: it is left out.
    """
    found: dict[tuple[int, int, str], Refusal] = {}
    for vcpu in replay.vcpus:
        for call in vcpu.registrations:
            if call.ret in (0, ENOENT):
                continue
            op, failed = OP_NUMBERS[call.op], failed_check(replay, call)
            key = op, call.ret, failed
            known = found.get(key)
            if known is None:
                known = Refusal(op, call.ret, 0, call.line, call.caller == call.target, failed)
            found[key] = known._replace(calls=known.calls + 1)
    return [found[key] for key in sorted(found)]
