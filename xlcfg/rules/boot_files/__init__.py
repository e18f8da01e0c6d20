"""What is wrong with files that boot lines come from, apart from the lines."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.source.found import FileProblem


def finding(problem: FileProblem) -> Diagnostic:
    """The words for a problem of a file."""
    from xlcfg.rules.boot_files import (
        bl210_open_quote,
        bl211_never_read,
        bl212_not_one_command,
        bl213_before_dashes,
        io014_nothing_set,
    )

    if problem.kind == "open-quote":
        return bl210_open_quote.check(problem)
    if problem.kind in ("second-section", "second-options"):
        return bl211_never_read.check(problem)
    if problem.kind in ("line-cut", "value-refused", "value-variable"):
        return bl212_not_one_command.check(problem)
    if problem.kind == "before-dashes":
        return bl213_before_dashes.check(problem)
    return io014_nothing_set.check(problem)
