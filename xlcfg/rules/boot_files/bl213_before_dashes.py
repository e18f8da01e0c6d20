"""Options for Xen before the `--` that xen.efi looks for.

What it does
------------
Reports words with a `=` in the options of a boot loader entry that starts xen.efi, where they stand
before the word `--` or there is none.

Why
---
xen.efi reads its own switches there and the name of a section of its configuration file, and takes
such a word for the latter. What Xen itself is to read comes behind ` -- `.

Example
-------
    # xlcfg: --kind systemd-boot
    title Xen
    efi /EFI/xen/xen.efi
    options dom0_mem=1024M

Fix
---
    # xlcfg: --kind systemd-boot
    title Xen
    efi /EFI/xen/xen.efi
    options -- dom0_mem=1024M
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.source.found import FileProblem

CODE = "BL213"
NAME = "option-before-dashes"
SUMMARY = "xen.efi takes an option of Xen's before -- for the name of a section"
SEVERITY = "warning"
FIX = ""


def check(problem: FileProblem) -> Diagnostic:
    """The finding at the word."""
    where = "behind the --" if problem.args["dashes"] else "behind -- : options -- dom0_mem=1G"
    return Diagnostic(
        CODE,
        WARNING,
        f"xen.efi takes `{problem.args['word']}` for the name of a section; Xen never reads it",
        start=problem.start,
        end=problem.end,
        help=f"write what is for Xen {where}",
    )
