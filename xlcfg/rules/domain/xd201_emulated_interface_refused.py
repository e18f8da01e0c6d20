"""An emulated network interface in a guest that has none.

What it does
------------
Reports `type=ioemu` in PV and PVH guests.

Why
---
They have no device model to emulate it. libxl refuses: "trying to create PV or PVH guest with an
emulated interface".

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,type=ioemu" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0" ]
"""

CODE = "XD201"
NAME = "emulated-interface-refused"
SUMMARY = "PV and PVH guests have no emulated network interfaces"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vif.emulated": (
        "libxl refuses an emulated interface in a guest of type `{guest}`",
        'delete `type=ioemu`, or make it a guest of type = "hvm"',
    ),
}
