"""What xlcfg says: one finding with its code, severity, place, message and cure."""

from __future__ import annotations

#: Severities, worst first. `error`: Xen's toolstack refuses the file or crashes on it, or Xen
#: itself reports the boot parameter. `warning`: accepted, but not what the writer meant.
#: `info`: advice.
ERROR = "error"
WARNING = "warning"
INFO = "info"
SEVERITIES = (ERROR, WARNING, INFO)


class Diagnostic:
    """One finding.

    `start` and `end` are byte offsets into the source the finding belongs to (`end` exclusive), or
    None for a finding about a whole input. `help` says what to write instead. `related` is a list
    of `(start, end, message)` for other places of the same source.
    """

    __slots__ = ("code", "end", "help", "message", "related", "severity", "start")

    def __init__(
        self,
        code: str,
        severity: str,
        message: str,
        *,
        start: int | None = None,
        end: int | None = None,
        help: str = "",  # noqa: A002 - the field's public name
        related: tuple[tuple[int, int, str], ...] = (),
    ) -> None:
        self.code = code
        self.severity = severity
        self.message = message
        self.start = start
        self.end = start if end is None else end
        self.help = help
        self.related = related

    def __repr__(self) -> str:
        return (
            f"Diagnostic({self.code!r}, {self.severity!r}, {self.message!r}, "
            f"start={self.start!r}, end={self.end!r})"
        )
