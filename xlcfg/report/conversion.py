"""What a conversion loses, for people and for programs."""

from __future__ import annotations

from xlcfg.core.conversion import readable
from xlcfg.core.screen import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.core.conversion import Conversion, ConversionLoss
    from xlcfg.model.guest import Guest


def loss_lines(guest: Guest, losses: list[ConversionLoss]) -> list[str]:
    """One line for each loss: where, what, why."""
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
