"""The votes that xlcfg casts itself: the boot command line's and the architecture's."""

from __future__ import annotations

from xlcfg.policy import BOOT_PARAMETER, Vote, arch_default, parse_boot_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.check import Context


def boot_votes(context: Context) -> list[Vote]:
    """What the boot parameter asks for: of repeated ones the last valid, as Xen handles them."""
    if context.boot is None:
        return []
    vote: Vote | None = None
    for word in context.boot.line.words:
        if word.name != BOOT_PARAMETER:
            continue
        policy = parse_boot_value(word.value, word.negated)
        if policy is not None:
            vote = Vote(
                policy,
                "boot",
                "boot command line",
                word.text.encode("latin-1").decode("utf-8", "replace"),
                where=context.boot.where,
            )
    return [] if vote is None else [vote]


def architecture_vote(context: Context) -> Vote:
    """The default that holds where nobody has said anything."""
    return Vote(arch_default(context.arch), "architecture", context.arch, "its default")
