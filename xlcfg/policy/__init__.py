"""Which runstate translation policy is in force for a guest, and every step that led to it.

Under `update` the hypervisor translates the virtual address of a vCPU's runstate area each time
it updates the area; under `hypercall` it translates once, in the hypercall that registers it.
Anybody may vote (hook `xlcfg_policy`); the level of a vote decides, highest first.
"""

from __future__ import annotations

from xlcfg.core.policy import (
    BOOT_PARAMETER,
    DEFAULT,
    GUEST_KEY,
    HYPERCALL,
    LEVELS,
    UPDATE,
    Decision,
    Step,
    Vote,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from xlcfg.hooks import Hooks
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.syntax.cmdline import CommandLine

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


def has_runstate(arch: str) -> bool:
    """Whether Xen has a runstate call on an architecture, and so a policy to speak of."""
    return arch.startswith(("arm", "x86"))


def arch_default(arch: str) -> str:
    """The architecture's default: Arm translates in the hypercall, x86 at every update.

    ValueError for an architecture where Xen has no runstate call (riscv64, ppc64).
    """
    if not has_runstate(arch):
        raise ValueError(f"Xen has no runstate call on {arch}")
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


def boot_votes(target: Target) -> list[Vote]:
    """What the boot command line of the target asks for."""
    boot = target.boot
    return [] if boot is None else line_votes(boot.line, where=boot.where)


def line_votes(
    line: CommandLine,
    origin: str = "boot command line",
    place: Callable[[int, int], tuple[int, int]] | None = None,
    where: str = "",
) -> list[Vote]:
    """What the boot parameter asks for: of repeated ones the last valid, as Xen handles them.

    `place` turns a stretch of the line into one of the guest's source, for a line that is in it;
    `where` is the line's place for people when it is somewhere else.
    """
    vote: Vote | None = None
    for word in line.words:
        if word.name != BOOT_PARAMETER:
            continue
        policy = parse_boot_value(word.value, word.negated)
        if policy is not None:
            text = word.text.encode("latin-1").decode("utf-8", "replace")
            start, end = place(word.start, word.end) if place is not None else (None, None)
            vote = Vote(policy, "boot", origin, text, start, end, where=where)
    return [] if vote is None else [vote]


def architecture_vote(target: Target) -> Vote:
    """The default that holds where nobody has voted."""
    return Vote(arch_default(target.arch), "architecture", target.arch, "its default")


def options() -> list[Any]:
    """The catalogue's entries of guest key and boot parameter; no released Xen has them (RS002)."""
    from xlcfg.catalogue import ALWAYS, BootParameter, GuestOption, ParameterKind

    detail = {
        "description": "Proposed, and read by no release of Xen: when the address of the runstate "
        "area is translated.",
        "values": ["hypercall", "update", "default", "new", "old", "1", "0"],
        "proposed": True,
        "default": "as proposed the boot parameter, else hypercall on Arm and update on x86; every "
        "release updates",
    }
    return [
        GuestOption(GUEST_KEY, "enum-string", detail=detail),
        BootParameter(BOOT_PARAMETER, (ParameterKind("custom", ("any",), ALWAYS),), detail=detail),
    ]


def decide(guest: Guest | None, target: Target, hooks: Hooks) -> Decision:
    """Resolve the policy for `guest` (or for the host alone) by asking every voter of `hooks`.

    ValueError for a target whose architecture has no runstate call.
    """
    votes: list[Vote] = []
    for answer in hooks.all("xlcfg_policy", guest=guest, target=target):
        votes.extend(_flat(answer))
    # Level first, a guest's file before its toolstack; within one the first plugin asked.
    votes.sort(key=lambda vote: (LEVELS.index(vote.level), vote.of_toolstack))
    steps: list[Step] = []
    decided: Vote | None = None
    for level in LEVELS:
        here = [vote for vote in votes if vote.level == level]
        if not here:
            steps.append(Step(level, "", "", "", "silent", ""))
        for vote in here:
            if decided is not None or target.as_released:
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
            text = f"{vote.origin} for this guest: {vote.text}" if vote.of_toolstack else vote.text
            steps.append(Step(level, vote.origin, text, vote.policy, outcome, where))
    if target.as_released:
        return Decision(UPDATE, "released Xen", steps, True)
    if decided is None:
        return Decision(arch_default(target.arch), "architecture", steps, False)
    return Decision(decided.policy, decided.level, steps, False)


def _flat(answer: Any) -> Iterable[Vote]:
    return [answer] if isinstance(answer, Vote) else list(answer)
