"""A node that is made twice.

What it does
------------
Reports `fdt mknod` for a node that the script has made before.

Why
---
U-Boot prints `libfdt fdt_add_subnode(): FDT_ERR_EXISTS`: there is one node, and what is set
afterwards overwrites what the first was given.

Example
-------
    # xlcfg: --kind uboot
    fdt addr ${fdt_addr_r}
    fdt mknod /chosen domU0
    fdt set /chosen/domU0 compatible "xen,domain"
    fdt mknod /chosen domU0

Fix
---
    # xlcfg: --kind uboot
    fdt addr ${fdt_addr_r}
    fdt mknod /chosen domU0
    fdt set /chosen/domU0 compatible "xen,domain"
    fdt mknod /chosen domU1
"""

CODE = "UB103"
NAME = "node-made-twice"
SUMMARY = "a node is made that is there already"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "uboot.node-exists": (
        "{path} is there already: U-Boot makes no second one",
        "give the node another name",
    ),
}
