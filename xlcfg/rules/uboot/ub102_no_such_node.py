"""A command about a node that the device tree does not have.

What it does
------------
Reports `fdt set` and `fdt mknod` with a path that nothing has made: of a node below one that the
script itself makes, or anywhere in the tree that `--dtb` names.

Why
---
U-Boot prints `libfdt fdt_path_offset() returned FDT_ERR_NOTFOUND` and goes on: the property is not
set, and Xen does not get it.

Example
-------
    # xlcfg: --kind uboot
    fdt addr ${fdt_addr_r}
    fdt mknod /chosen domU0
    fdt set /chosen/domU0 compatible "xen,domain"
    fdt mknod /chosen/domU0 module@0
    fdt set /chosen/domU0/modul@0 compatible "multiboot,kernel" "multiboot,module"

Fix
---
    # xlcfg: --kind uboot
    fdt addr ${fdt_addr_r}
    fdt mknod /chosen domU0
    fdt set /chosen/domU0 compatible "xen,domain"
    fdt mknod /chosen/domU0 module@0
    fdt set /chosen/domU0/module@0 compatible "multiboot,kernel" "multiboot,module"
"""

CODE = "UB102"
NAME = "no-such-node"
SUMMARY = "a command is about a node that is not in the device tree"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "uboot.no-node": (
        "the device tree has no {path}: U-Boot {what} here",
        "{cure}",
    ),
}
