"""Interrupts of an Arm guest that do not fit.

What it does
------------
Reports `irqs` that clash with the emulated UART or a virtio device, and `nr_spis` too small for the
interrupts the guest is given.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    # xlcfg: --arch arm64
    name = "web"
    kernel = "/boot/Image"
    vuart = "sbsa_uart"
    irqs = [ 32 ]

Fix
---
    # xlcfg: --arch arm64
    name = "web"
    kernel = "/boot/Image"
    vuart = "sbsa_uart"
    irqs = [ 40 ]
"""

CODE = "XL904"
NAME = "arm-interrupts-refused"
SUMMARY = "the interrupts of an Arm guest do not fit"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.vuart-irq": (
        "interrupt {irq} is that of the `vuart`",
        "delete {irq} from `irqs`, or delete `vuart`",
    ),
    "check.virtio-irq": (
        "interrupt {irq} is that of a virtio device",
        "delete {irq} from `irqs`",
    ),
    "check.nr-spis": (
        "{text} SPIs are too few: the guest needs {least}",
        "write `nr_spis = {least}`, or delete the line",
    ),
}
