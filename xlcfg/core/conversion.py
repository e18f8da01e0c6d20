"""From one toolstack's form of a guest to another's, and what gets lost on the way."""

from __future__ import annotations


class ConversionLoss:
    """Something a guest's source says and the other form does not.

    `what` names it in the source's own words, `why` says what becomes of it; `start`/`end` are byte
    offsets into the source, None when it is nowhere in particular.
    """

    __slots__ = ("end", "start", "what", "why")

    def __init__(self, what: str, why: str, start: int | None = None, end: int | None = None):
        self.what = what
        self.why = why
        self.start = start
        self.end = end


class Conversion:
    """The text of a guest in another form, and its losses in the order of the source.

    `text` has one character per byte, as a `Source`'s.
    """

    __slots__ = ("losses", "text")

    def __init__(self, text: str, losses: list[ConversionLoss]) -> None:
        self.text = text
        self.losses = sorted(losses, key=lambda loss: (loss.start or 0, loss.what))


def readable(text: str) -> str:
    """Text of one character per byte, as its UTF-8 means it."""
    return text.encode("latin-1", "replace").decode("utf-8", "backslashreplace")
