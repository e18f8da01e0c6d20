"""A quote in /etc/default/grub that is never closed.

What it does
------------
Reports the quote that begins a string without an end, as `sh -n` does. Where later quotes are
turned around by it, the first one that swallows the next assignment is meant.

Why
---
GRUB's scripts have the shell read the file. It refuses all of it, and the menu stays as it was.

Example
-------
    # xlcfg: --kind grub-default
    GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=1024M

Fix
---
    # xlcfg: --kind grub-default
    GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=1024M"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.source.found import FileProblem

CODE = "BL210"
NAME = "open-quote"
SUMMARY = "the shell refuses a file with a quote that is never closed"
SEVERITY = "error"
FIX = ""


def check(problem: FileProblem) -> Diagnostic:
    """The finding at the quote."""
    quote = problem.args["quote"]
    return Diagnostic(
        CODE,
        ERROR,
        f"this {quote} is never closed: the shell, and so grub-mkconfig, refuses the whole file",
        start=problem.start,
        end=problem.end,
        help="close it at the end of the value",
    )
