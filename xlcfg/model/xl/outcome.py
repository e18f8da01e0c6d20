"""What xl does with a config that its writer should know of."""

from __future__ import annotations

#: effects after which no domain comes to be
FATAL = ("refused", "crash")


class Outcome:
    """One thing xl does that the writer should know of.

    `kind` is a row of `kinds.KINDS`; `effect` is "refused", "crash", "ignored", "dropped",
    "wrapped", "cut", "note", "advice" or "fails" (see there). `start`/`end` are byte offsets into
    the source; `args` the plain facts the message template wants.
    """

    __slots__ = ("args", "effect", "end", "key", "kind", "start")

    def __init__(
        self, kind: str, effect: str, key: str, start: int, end: int, args: dict[str, object]
    ) -> None:
        self.kind = kind
        self.effect = effect
        self.key = key
        self.start = start
        self.end = end
        self.args = args

    def __repr__(self) -> str:
        place = f"{self.key}@{self.start}-{self.end}"
        return f"Outcome({self.kind!r}, {self.effect!r}, {place}, {self.args!r})"
