"""A variable that looks like another with a letter wrong.

What it does
------------
Notes variables in `fdt` commands that the script does not set, where it sets one of nearly that
name.

Why
---
An unset variable is empty. The environment of the board may have it, so this is advice.

Example
-------
    # xlcfg: --kind uboot
    setenv xen_bootargs "console=dtuart dom0_mem=1G"
    fdt addr ${fdt_addr_r}
    fdt set /chosen xen,xen-bootargs "${xen_botargs}"

Fix
---
    # xlcfg: --kind uboot
    setenv xen_bootargs "console=dtuart dom0_mem=1G"
    fdt addr ${fdt_addr_r}
    fdt set /chosen xen,xen-bootargs "${xen_bootargs}"
"""

CODE = "UB108"
NAME = "variable-not-set"
SUMMARY = "a variable of the script is misspelt"
SEVERITY = "info"
FIX = ""
KINDS = {
    "uboot.unset": (
        "the script does not set `{name}`",
        "did you mean `{close}`?",
    ),
}
