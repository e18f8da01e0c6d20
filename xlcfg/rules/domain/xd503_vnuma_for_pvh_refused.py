"""Virtual NUMA nodes for a PVH guest.

What it does
------------
Reports `vnuma` in PVH guests with ACPI, from Xen 4.17 on.

Why
---
libxl cannot make the ACPI tables: "xc_domain_getvnuma failed". xl destroys the domain again.

Example
-------
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
    memory = 512
    vnuma = [ [ "pnode=0", "size=512", "vcpus=0", "vdistances=10" ] ]

Fix
---
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
    memory = 512
"""

CODE = "XD503"
NAME = "vnuma-for-pvh-refused"
SUMMARY = "libxl fails to give a PVH guest NUMA nodes"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vnuma.pvh": (
        "libxl fails to make ACPI tables with NUMA nodes for a PVH guest",
        'delete `vnuma`, or write type = "hvm"',
    ),
}
