"""From one toolstack's form of a guest to another's, and what gets lost on the way."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.model.guest import Guest


class Loss:
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

    def __init__(self, text: str, losses: list[Loss]) -> None:
        self.text = text
        self.losses = sorted(losses, key=lambda loss: (loss.start or 0, loss.what))


def readable(text: str) -> str:
    """Text of one character per byte, as its UTF-8 means it."""
    return text.encode("latin-1", "replace").decode("utf-8", "backslashreplace")


def loss_lines(guest: Guest, losses: list[Loss]) -> list[str]:
    """One line for each loss: where, what, why."""
    from xlcfg.report.screen import safe

    lines = []
    for loss in losses:
        where = guest.source.path
        if loss.start is not None:
            at = guest.source.position(loss.start)
            where += f":{at.line}:{at.column}"
        lines.append(safe(f"{where}: lost: {readable(loss.what)}: {loss.why}"))
    return lines


def to_json(guest: Guest, to: str, conversion: Conversion) -> dict[str, Any]:
    """`{"from", "to", "guest", "text", "lost": [{"what", "why", "line", "column"}]}`."""
    lost = []
    for loss in conversion.losses:
        at = None if loss.start is None else guest.source.position(loss.start)
        lost.append(
            {
                "what": readable(loss.what),
                "why": loss.why,
                "line": at.line if at else None,
                "column": at.column if at else None,
            }
        )
    return {
        "path": guest.source.path,
        "guest": readable(guest.name),
        "from": guest.toolstack,
        "to": to,
        "text": readable(conversion.text),
        "lost": lost,
    }
