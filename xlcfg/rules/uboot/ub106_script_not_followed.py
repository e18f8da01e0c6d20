"""A script that is not followed to its end.

What it does
------------
Reports where xlcfg stops to follow a script: behind 20,000 commands, for variables that run each
other, and for scripts of more than 1 MiB.

Why
---
A script may run for ever. What comes behind is not checked.

Example
-------
    # xlcfg: --kind uboot
    setenv again 'run again'
    run again
    fdt addr ${fdt_addr_r}

Fix
---
    # xlcfg: --kind uboot
    setenv again 'booti ${xen_addr_r} - ${fdt_addr_r}'
    run again
    fdt addr ${fdt_addr_r}
"""

CODE = "UB106"
NAME = "script-not-followed"
SUMMARY = "a script is longer than it is followed"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "uboot.long": (
        "the script is not followed from here on, after {most} commands",
        "end the loop, or check the rest by itself",
    ),
    "uboot.deep": (
        "`{name}` is not run: variables run each other more than {most} deep",
        "let no variable run itself",
    ),
    "uboot.size": (
        "the script is not read: it has more than {most} MiB",
        "split it",
    ),
}
