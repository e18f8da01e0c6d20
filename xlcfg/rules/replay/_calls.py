"""Registration calls that were refused."""

from __future__ import annotations

from typing import NamedTuple

from xlcfg.emulator.terms import ENOENT, OP_NUMBERS, REGISTER_PHYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.models import Model
    from xlcfg.emulator.results import Replay


class Refusal(NamedTuple):
    """Calls of one operation with one answer. `line` is the first one's, `own` whether that was
    for the caller itself.
    """

    op: int
    ret: int
    calls: int
    line: int
    own: bool

    def in_spite_of_feature_bit(self, model: Model) -> bool:
        """Whether the hypervisor advertises this operation, and implements it for nobody."""
        return self.unimplemented(model) and model.feature_bit

    def unimplemented(self, model: Model) -> bool:
        """Whether this is op 14 on a hypervisor that does not have it."""
        return self.op == OP_NUMBERS[REGISTER_PHYS] and self.ret == model.op14


def refusals(replay: Replay) -> list[Refusal]:
    """All refused calls, by operation and answer. A call for a vCPU that the guest does not have
    is a question, not a mistake: it is left out.
    """
    found: dict[tuple[int, int], Refusal] = {}
    for vcpu in replay.vcpus:
        for call in vcpu.registrations:
            if call.ret in (0, ENOENT):
                continue
            key = OP_NUMBERS[call.op], call.ret
            known = found.get(key) or Refusal(*key, 0, call.line, call.caller == call.target)
            found[key] = known._replace(calls=known.calls + 1)
    return [found[key] for key in sorted(found)]
