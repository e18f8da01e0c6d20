"""A word whose name is no boot parameter of Xen.

What it does
------------
Reports words that no release of Xen has a parameter for, with the name that was probably meant.
A space next to `=` makes two words of one, and both are reported here.

Why
---
From 4.10 on Xen prints `parameter "NAME" unknown!` and boots without what the word was meant to do;
older releases say nothing at all.

Example
-------
    com0_mem=1024M console=vga

Fix
---
    dom0_mem=1024M console=vga
"""

CODE = "BL101"
NAME = "unknown-parameter"
SUMMARY = "Xen has no parameter of this name"
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.unknown": (
        'Xen {release} has no parameter "{name}"; {says}',
        "{hint}",
    ),
    "boot.never": (
        'the parameter "{name}" was in the manual only, no Xen reads it; {says}',
        "remove it",
    ),
    "boot.dashes": (
        '"{name}" is a word to Xen on {arch} here, not the end of its options; {says}',
        "{hint}",
    ),
    "boot.blank-around-equals": (
        "a space next to = makes two words of one; {says}",
        "write name=value without spaces",
    ),
}
