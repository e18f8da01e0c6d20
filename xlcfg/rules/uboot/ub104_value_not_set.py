"""A value that U-Boot cannot convert.

What it does
------------
Reports cells and bytes with something else than numbers in them or without their closing bracket,
and `fdt` commands with too few words.

Why
---
U-Boot prints `Sorry, I could not convert ...`, or how the command is used, and sets nothing. In a
command with variables a word that begins with an escaped `#` is a comment by the time the command
sees it.

Example
-------
    # xlcfg: --kind uboot
    fdt addr ${fdt_addr_r}
    fdt mknod /chosen domU0
    fdt set /chosen/domU0 compatible "xen,domain"
    fdt set /chosen/domU0 memory <0x0 512M>

Fix
---
    # xlcfg: --kind uboot
    fdt addr ${fdt_addr_r}
    fdt mknod /chosen domU0
    fdt set /chosen/domU0 compatible "xen,domain"
    fdt set /chosen/domU0 memory <0x0 0x80000>
"""

CODE = "UB104"
NAME = "value-not-set"
SUMMARY = "U-Boot cannot make a value of what is written"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "uboot.no-number": (
        "`{text}` cannot be converted: U-Boot sets nothing",
        "write numbers such as <0x0 0x80000>",
    ),
    "uboot.usage": (
        "a word is missing, and U-Boot does nothing: {usage}",
        "put a word with # in it between single quotes where the command has variables",
    ),
}
