"""The votes that xlcfg casts itself: the boot command line's and the architecture's."""

from __future__ import annotations

from xlcfg.policy import BOOT_PARAMETER, Vote, arch_default, parse_boot_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.target import Target
    from xlcfg.syntax.cmdline import CommandLine


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
            said = word.text.encode("latin-1").decode("utf-8", "replace")
            start, end = place(word.start, word.end) if place is not None else (None, None)
            vote = Vote(policy, "boot", origin, said, start, end, where=where)
    return [] if vote is None else [vote]


def architecture_vote(target: Target) -> Vote:
    """The default that holds where nobody has said anything."""
    return Vote(arch_default(target.arch), "architecture", target.arch, "its default")
