"""A boot line that is set as several strings.

What it does
------------
Reports lines of Xen and of kernels that are given to `fdt set` without quotes, or as a variable
without quotes.

Why
---
Each word becomes a string of its own, and Xen reads the first: all other options are lost.

Example
-------
    # xlcfg: --kind uboot
    setenv xen_args "console=dtuart dom0_mem=1G"
    fdt addr ${fdt_addr_r}
    fdt set /chosen xen,xen-bootargs ${xen_args}

Fix
---
    # xlcfg: --kind uboot
    setenv xen_args "console=dtuart dom0_mem=1G"
    fdt addr ${fdt_addr_r}
    fdt set /chosen xen,xen-bootargs "${xen_args}"
"""

CODE = "UB105"
NAME = "line-in-pieces"
SUMMARY = "a boot line is several strings, of which the first counts"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "uboot.split-line": (
        "`{name}` gets several strings, and only `{text}` counts",
        "put quotes around the line",
    ),
}
