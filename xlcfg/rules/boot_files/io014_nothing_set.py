"""A line of a boot loader's file that looks like a setting and sets nothing.

What it does
------------
Reports settings in /etc/default/grub that have blanks around the `=` or in a value without quotes,
and settings of Xen in loader.conf that FreeBSD's loader cannot read: with single quotes, with
quotes that do not end on the line, or with characters that need quotes.

Why
---
The shell takes what stands before or behind the blank for a command, and grub-mkconfig stops there:
the menu stays as it was. FreeBSD's loader prints "Malformed line" and boots without the setting.

Example
-------
    # xlcfg: --kind grub-default
    GRUB_TIMEOUT_STYLE = hidden
    GRUB_CMDLINE_XEN_DEFAULT=dom0_mem=1024M loglvl=all sync_console

Fix
---
    # xlcfg: --kind grub-default
    GRUB_TIMEOUT_STYLE=hidden
    GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=1024M loglvl=all sync_console"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.source.found import FileProblem

CODE = "IO014"
NAME = "nothing-set"
SUMMARY = "a line that looks like a setting sets nothing"
SEVERITY = ("error", "warning")
FIX = ""


def check(problem: FileProblem) -> Diagnostic:
    """The finding at the word that is taken for something else."""
    name, severity = problem.args["name"], ERROR
    if problem.kind == "malformed":
        message = f"FreeBSD's loader calls this line malformed and does not set {name}"
        cure = f'write {name}="..." on one line, with double quotes'
        severity = WARNING
    elif problem.kind == "value-ends":
        run = problem.args["run"]
        message = f"{name} ends at the blank: the shell runs `{run}`, and grub-mkconfig stops"
        cure = "write the value in quotes"
    elif problem.kind == "value-split":
        run = problem.args["run"]
        message = f"{name} ends at the blank: `{run}` becomes a variable of the shell's own"
        cure = "write the value in quotes"
        severity = WARNING
    else:
        message = f"the shell takes `{name}` for a command, and grub-mkconfig stops"
        cure = "write no blank before and after ="
    return Diagnostic(CODE, severity, message, start=problem.start, end=problem.end, help=cure)
