"""What is wrong with files that boot lines come from, apart from the lines."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.source.found import FileProblem


def finding(problem: FileProblem) -> Diagnostic:
    """The words for a problem of a file."""
    from xlcfg.rules.boot_files import bl210_open_quote, bl211_never_read

    if problem.kind == "open-quote":
        return bl210_open_quote.check(problem)
    return bl211_never_read.check(problem)
