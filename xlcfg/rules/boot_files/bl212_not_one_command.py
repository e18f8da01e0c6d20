"""A value of /etc/default/grub that GRUB does not read as words of one command.

What it does
------------
Reports values of GRUB_CMDLINE_XEN and GRUB_CMDLINE_XEN_DEFAULT with a line end, a `;` or a `#`
behind which more follows, those with characters that make GRUB refuse the menu, and variables that
the shell has left in them.

Why
---
grub-mkconfig writes the value into grub.cfg as it is, where GRUB reads it once more. A line end and
`;` end the command there, and the rest never reaches Xen. A `&`, `|`, `<`, `>`, a brace or a single
quote makes the menu one that grub-mkconfig itself finds wrong, and the old menu stays. A `$name` is
a variable of GRUB there, mostly one that is not set: nothing.

Example
-------
    # xlcfg: --kind grub-default
    GRUB_CMDLINE_XEN='dom0_mem=$memory & loglvl=all'

Fix
---
    # xlcfg: --kind grub-default
    GRUB_CMDLINE_XEN="dom0_mem=1024M loglvl=all"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.source.found import FileProblem

CODE = "BL212"
NAME = "not-one-command"
SUMMARY = "GRUB does not read the value as words of one command"
SEVERITY = ("error", "warning")
FIX = ""


def check(problem: FileProblem) -> Diagnostic:
    """The finding at what is read as something else."""
    if problem.kind == "line-cut":
        run, severity = problem.args["run"], WARNING
        message = f"Xen's line ends before this: GRUB takes `{run}` for a command of its own"
        if run == "#":
            message = "Xen's line ends before this: to GRUB it begins a comment"
        cure = "write the words on one line, and single quotes around what has ; or # in it"
    elif problem.kind == "value-variable":
        name, severity = problem.args["name"], WARNING
        message = f"GRUB puts its own variable `{name}` here, and nothing if it has none"
        cure = f'write "${name}" in double quotes for the shell\'s, or the value itself'
    else:
        part, severity = problem.args["part"], ERROR
        message = (
            f"GRUB takes no `{part}` here: grub-mkconfig refuses the menu and keeps the old one"
        )
        cure = f"write \\{part}, or remove it"
    return Diagnostic(CODE, severity, message, start=problem.start, end=problem.end, help=cure)
