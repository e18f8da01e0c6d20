"""A script that U-Boot's shell stops to read.

What it does
------------
Reports quotes and braces that are never closed, words such as `fi` without what they belong to, and
a single `&` or `|`.

Why
---
The shell prints a syntax error and runs nothing from there on. What comes behind is not checked.

Example
-------
    # xlcfg: --kind uboot
    if test -n "${xen}"; then
      fdt addr ${fdt_addr_r}
      fdt set /chosen xen,xen-bootargs "dom0_mem=1G"

Fix
---
    # xlcfg: --kind uboot
    if test -n "${xen}"; then
      fdt addr ${fdt_addr_r}
      fdt set /chosen xen,xen-bootargs "dom0_mem=1G"
    fi
"""

CODE = "UB101"
NAME = "script-syntax"
SUMMARY = "U-Boot's shell does not read the script to its end"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "uboot.syntax": (
        "the shell stops to read here: {what}",
        "repair it, or nothing behind it is run",
    ),
}
