"""A network card that QEMU does not have.

What it does
------------
Reports values of `model` that name no network device of QEMU, in HVM guests with emulated
interfaces.

Why
---
libxl hands the name to QEMU, which refuses it ("is not a valid device model name"); xl destroys
the domain again.

Example
-------
    name = "web"
    type = "hvm"
    vif = [ "bridge=xenbr0,model=virtio" ]

Fix
---
    name = "web"
    type = "hvm"
    vif = [ "bridge=xenbr0,model=virtio-net" ]
"""

CODE = "XD202"
NAME = "unknown-interface-model"
SUMMARY = "QEMU has no network card of that name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vif.unknown-model": (
        "QEMU has no network card `{model}` and does not start",
        "{cure}",
    ),
    "vif.no-usb": (
        "the guest has no USB bus for a network card `usb-net`: QEMU does not start",
        "add `usb = 1`, or write `e1000` or `rtl8139`",
    ),
}
