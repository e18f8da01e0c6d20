"""Which runstate translation policy is in force for a guest, and every step that led to it.

Under `update` the hypervisor translates the virtual address of a vCPU's runstate area each time
it updates the area; under `hypercall` it translates once, in the hypercall that registers it.
Anybody may vote (hook `xlcfg_policy`); the level of a vote decides, highest first.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from xlcfg.hooks import Hooks
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target

UPDATE = "update"
HYPERCALL = "hypercall"
DEFAULT = "default"
POLICIES = (UPDATE, HYPERCALL)

#: Levels of a vote, the deciding one first.
LEVELS = ("guest", "boot", "toolstack", "architecture")

#: The guest key and the boot parameter.
GUEST_KEY = "runstate_translation"
BOOT_PARAMETER = "runstate-translation"

_SPELLINGS = {
    "hypercall": HYPERCALL,
    "new": HYPERCALL,
    "update": UPDATE,
    "old": UPDATE,
    "default": DEFAULT,
}
ACCEPTED_IN_GUEST = '"hypercall" (or "new", 1), "update" (or "old", 0), "default"'
ACCEPTED_ON_BOOT_LINE = (
    "hypercall (or new, yes, on, true, enable, 1), update (or old, no, off, false, disable, 0), "
    "default"
)

#: What each policy means, in one clause.
MEANING = {
    UPDATE: "the area's address is translated anew at every update",
    HYPERCALL: "the area's address is translated once, in the registering hypercall",
}


class Vote:
    """Somebody's say. `policy` is "update", "hypercall", or "default": leave it to the next level.

    `origin` says who speaks ("guest.cfg", "boot command line", a plugin's name), `said` quotes
    what was written, `start`/`end` place it in the guest's source where it comes from there;
    `where` is the place for people when it comes from somewhere else.
    """

    __slots__ = ("end", "level", "origin", "policy", "said", "start", "where")

    def __init__(
        self,
        policy: str,
        level: str,
        origin: str,
        said: str,
        start: int | None = None,
        end: int | None = None,
        where: str = "",
    ) -> None:
        if policy not in (*POLICIES, DEFAULT):
            raise ValueError(f"policy {policy!r} is not one of update, hypercall, default")
        if level not in LEVELS:
            raise ValueError(f"level {level!r} is not one of {', '.join(LEVELS)}")
        self.policy = policy
        self.level = level
        self.origin = origin
        self.said = said
        self.start = start
        self.end = end
        self.where = where


class Step:
    """One step of a decision: a vote, or a level nobody spoke at, and what came of it.

    `outcome` is "decides", "passes on", "overridden", or "silent".
    """

    __slots__ = ("level", "origin", "outcome", "policy", "said", "where")

    def __init__(
        self, level: str, origin: str, said: str, policy: str, outcome: str, where: str
    ) -> None:
        self.level = level
        self.origin = origin
        self.said = said
        self.policy = policy
        self.outcome = outcome
        self.where = where


class Decision:
    """The policy in force, the level that decided it, and all steps in order of rank."""

    __slots__ = ("as_released", "level", "policy", "steps")

    def __init__(self, policy: str, level: str, steps: list[Step], as_released: bool) -> None:
        self.policy = policy
        self.level = level
        self.steps = steps
        self.as_released = as_released


def arch_default(arch: str) -> str:
    """The architecture's default: Arm translates in the hypercall, x86 at every update."""
    return HYPERCALL if arch.startswith("arm") else UPDATE


def parse_guest_value(text: str) -> str | None:
    """The policy a guest setting's text asks for, or None when it is none of the accepted ones."""
    if text in ("1", "0"):
        return HYPERCALL if text == "1" else UPDATE
    return _SPELLINGS.get(text)


def parse_boot_value(value: str, negated: bool) -> str | None:
    """The policy that `runstate-translation=value` asks for, or None for an invalid value.

    `negated` is the `no-` prefix, which as for every custom parameter of Xen takes no value.
    """
    if negated:
        return UPDATE if not value else None
    if not value or value in ("yes", "on", "true", "enable", "1"):
        return HYPERCALL
    if value in ("no", "off", "false", "disable", "0"):
        return UPDATE
    return _SPELLINGS.get(value)


def decide(guest: Guest | None, target: Target, hooks: Hooks) -> Decision:
    """Resolve the policy for `guest` (or for the host alone) by asking every voter of `hooks`."""
    votes: list[Vote] = []
    for answer in hooks.all("xlcfg_policy", guest=guest, target=target):
        votes.extend(_flat(answer))
    # Level first; within one the last built-in asked or the first plugin, which is their order.
    votes.sort(key=lambda vote: LEVELS.index(vote.level))
    steps: list[Step] = []
    decided: Vote | None = None
    for level in LEVELS:
        here = [vote for vote in votes if vote.level == level]
        if not here:
            steps.append(Step(level, "", "", "", "silent", ""))
        for vote in here:
            if decided is not None:
                outcome = "overridden"
            elif vote.policy == DEFAULT:
                outcome = "passes on"
            else:
                outcome = "decides"
                decided = vote
            where = vote.where
            if guest is not None and vote.start is not None:
                at = guest.source.position(vote.start)
                where = f"{guest.source.path}:{at.line}:{at.column}"
            steps.append(Step(level, vote.origin, vote.said, vote.policy, outcome, where))
    if target.as_released:
        return Decision(UPDATE, "released Xen", steps, True)
    if decided is None:
        return Decision(arch_default(target.arch), "architecture", steps, False)
    return Decision(decided.policy, decided.level, steps, False)


def _flat(answer: Any) -> Iterable[Vote]:
    return [answer] if isinstance(answer, Vote) else list(answer)
