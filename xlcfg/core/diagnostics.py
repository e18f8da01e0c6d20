"""What xlcfg says: one finding with its code, severity, place, message and help."""

from __future__ import annotations

#: Severities, worst first. `error`: Xen's toolstack refuses the file or crashes on it, or Xen
#: itself reports the boot parameter. `warning`: accepted, but not what the writer meant.
#: `info`: advice.
ERROR = "error"
WARNING = "warning"
INFO = "info"
SEVERITIES = (ERROR, WARNING, INFO)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    #: A fix, or what works it out when somebody asks (most runs never do).
    LazyFix: TypeAlias = "Fix | Callable[[], Fix | None] | None"


class Fix:
    """How to fix what a finding is about.

    `title` is one line, an order: "write `vcpus`". `edits` are `(start, end, replacement)`: byte
    offsets into the source of the finding (`end` exclusive) and bytes, in order, none overlapping
    another. A `safe` fix leaves what xl makes of an accepted file as it is, and of a refused file
    changes nothing but what xl cannot read.
    """

    __slots__ = ("edits", "safe", "title")

    def __init__(self, title: str, safe: bool, edits: list[tuple[int, int, bytes]]) -> None:
        self.title = title
        self.safe = safe
        self.edits = sorted(edits)

    def __repr__(self) -> str:
        return f"Fix({self.title!r}, {self.safe!r}, {self.edits!r})"


class Diagnostic:
    """One finding.

    `start` and `end` are byte offsets into the source the finding belongs to (`end` exclusive), or
    None for a finding about a whole input. `help` says what to write instead. `related` is a list
    of `(start, end, message)` for other places of the same source. `fix` is given as a Fix or as a
    function that makes one; it is called once, when the fix is asked for.
    """

    __slots__ = ("_fix", "code", "end", "help", "message", "related", "severity", "start")

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
        fix: LazyFix = None,
    ) -> None:
        self.code = code
        self.severity = severity
        self.message = message
        self.start = start
        self.end = start if end is None else end
        self.help = help
        self.related = related
        self._fix = fix

    @property
    def fix(self) -> Fix | None:
        """How to fix it, where that is known."""
        if callable(self._fix):
            self._fix = self._fix()
        return self._fix

    def __repr__(self) -> str:
        return (
            f"Diagnostic({self.code!r}, {self.severity!r}, {self.message!r}, "
            f"start={self.start!r}, end={self.end!r})"
        )
