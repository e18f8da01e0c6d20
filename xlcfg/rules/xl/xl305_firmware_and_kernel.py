"""A PV or PVH guest with both a kernel and a firmware.

What it does
------------
Reports `firmware` next to `kernel` in a guest that is not HVM.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
    firmware = "pvgrub64"

Fix
---
    name = "web"
    type = "pvh"
    firmware = "pvgrub64"
"""

CODE = "XL305"
NAME = "firmware-and-kernel"
SUMMARY = "a PV or PVH guest boots a kernel or a firmware, not both"
SEVERITY = "error"
FIX = ""
KINDS = {
    "firmware.with-kernel": (
        "`firmware` and `kernel` exclude each other",
        "delete `kernel` to boot the firmware, or `firmware` to boot the kernel",
    ),
}
