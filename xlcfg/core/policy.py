"""What a decision about runstate translation is made of: policies, votes, steps."""

from __future__ import annotations

UPDATE = "update"
HYPERCALL = "hypercall"
DEFAULT = "default"
POLICIES = (UPDATE, HYPERCALL)

#: Levels of a vote, the deciding one first.
LEVELS = ("guest", "boot", "toolstack", "architecture")

#: The guest key and the boot parameter.
GUEST_KEY = "runstate_translation"
BOOT_PARAMETER = "runstate-translation"

#: What stands beside an answer that rests on the proposed options.
AS_PROPOSED = "as proposed, released Xen always updates"

#: What each policy means, in one clause.
MEANING = {
    UPDATE: "the area's address is translated anew at every update",
    HYPERCALL: "the area's address is translated once, in the registering hypercall",
}


class Vote:
    """Somebody's say. `policy` is "update", "hypercall", or "default": leave it to the next level.

    `origin` names the voter ("guest.cfg", "boot command line", a plugin's name), `text` quotes what
    was written, `start`/`end` place it in the guest's source where it comes from there;
    `where` is the place for people when it comes from somewhere else.

    A plugin votes at the level "toolstack", whatever its vote says; `Vote.for_guest` is its way to
    speak for one guest alone.
    """

    __slots__ = ("end", "level", "of_toolstack", "origin", "policy", "start", "text", "where")

    def __init__(
        self,
        policy: str,
        level: str,
        origin: str,
        text: str,
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
        self.text = text
        self.start = start
        self.end = end
        self.where = where
        #: at the level "guest": said by the toolstack and not by the guest's file, which beats it
        self.of_toolstack = False

    @classmethod
    def for_guest(cls, policy: str, origin: str, text: str, where: str = "") -> Vote:
        """What a toolstack sets for the guest it is asked about, and for no other.

        It beats the boot line, which is about all guests; the guest's own file beats it.
        """
        vote = cls(policy, "guest", origin, text, where=where)
        vote.of_toolstack = True
        return vote

    def of_plugin(self, about_guest: bool) -> Vote:
        """The vote as it counts when a plugin casts it: at the toolstack's level, whatever it says.

        `about_guest`: one guest is asked about, and not the host.
        """
        if self.of_toolstack and about_guest:
            return Vote.for_guest(self.policy, self.origin, self.text, self.where)
        place = (self.start, self.end, self.where)
        return Vote(self.policy, "toolstack", self.origin, self.text, *place)


class Step:
    """One step of a decision: a vote, or a level without votes, and what came of it.

    `outcome` is "decides", "passes on", "overridden", or "silent".
    """

    __slots__ = ("level", "origin", "outcome", "policy", "text", "where")

    def __init__(
        self, level: str, origin: str, text: str, policy: str, outcome: str, where: str
    ) -> None:
        self.level = level
        self.origin = origin
        self.text = text
        self.policy = policy
        self.outcome = outcome
        self.where = where


class Decision:
    """The policy in force, the level that decided it, and all steps in order of rank.

    `as_released`: it is what released Xen does, which nobody can change.
    """

    __slots__ = ("as_released", "level", "policy", "steps")

    def __init__(self, policy: str, level: str, steps: list[Step], as_released: bool) -> None:
        self.policy = policy
        self.level = level
        self.steps = steps
        self.as_released = as_released

    @property
    def proposed(self) -> bool:
        """Whether it rests on the proposed options: no released Xen need do the same."""
        return not self.as_released and (self.level, self.policy) != ("architecture", UPDATE)

    @property
    def by_default(self) -> bool:
        """Whether nobody's wish decided."""
        return self.as_released or self.level == "architecture"
