"""Devices passed through to a guest that cannot have them.

What it does
------------
Reports passthrough where the guest's type, the architecture or `passthrough` itself rules it out.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0" ]

Fix
---
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0" ]
"""

CODE = "XL605"
NAME = "passthrough-refused"
SUMMARY = "this guest cannot have devices passed through"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.passthrough-disabled": (
        "`{key}` passes devices through, but `passthrough` is disabled",
        "delete `passthrough`",
    ),
    "check.passthrough-arm": (
        "xl on Arm refuses `{text}` for `passthrough`",
        'write `passthrough = "share_pt"`',
    ),
    "check.passthrough-pvh": (
        "PVH guests on x86 cannot have devices passed through",
        'make the guest `type = "hvm"` or `type = "pv"`',
    ),
    "check.share-pt": (
        "share_pt is not for {why}",
        'write `passthrough = "sync_pt"`',
    ),
}
