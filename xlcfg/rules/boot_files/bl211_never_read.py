"""A part of xen.efi's configuration file that it never comes to.

What it does
------------
Reports a second section of one name, and a second `options=` in a section.

Why
---
xen.efi takes the first section of the name and the first `options=` in it, and says nothing about
others: what was added below has no effect.

Example
-------
    # xlcfg: --kind xen-cfg
    [global]
    default=xen
    [xen]
    options=dom0_mem=1024M
    kernel=vmlinuz
    [xen]
    options=dom0_mem=2048M

Fix
---
    # xlcfg: --kind xen-cfg
    [global]
    default=xen
    [xen]
    options=dom0_mem=2048M
    kernel=vmlinuz
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.source.found import FileProblem

CODE = "BL211"
NAME = "never-read"
SUMMARY = "xen.efi reads the first section of a name, and the first options= in it"
SEVERITY = "warning"
FIX = ""


def check(problem: FileProblem) -> Diagnostic:
    """The finding at what is never read."""
    section = problem.args.get("section")
    if section is not None:
        message = f"there is a section [{section}] above; xen.efi never reads this one"
        cure = "put its items into the first one"
    else:
        message = "there is an options= above in this section; xen.efi never reads this one"
        cure = "write one options= with all words"
    return Diagnostic(CODE, WARNING, message, start=problem.start, end=problem.end, help=cure)
