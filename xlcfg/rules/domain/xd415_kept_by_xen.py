"""I/O ports and interrupts that Xen keeps for itself.

What it does
------------
Reports ranges in `ioports` with a port of the interrupt controllers (20-21, a0-a1), of the timer
(40-43, 61), or of the configuration of PCI (cfc-cff); from Xen 4.19 on also with 4d0-4d1, 92, f0 or
cf9. Reports interrupt 0, the timer, in `irqs`.

Why
---
dom0 itself may not use them, and cannot give what it does not have. Xen refuses them, and libxl
with it: "failed give domain access to ioports", "failed give domain access to irq 0". xl destroys
the domain again.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    ioports = [ "40-43" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    ioports = [ "2f8-2ff" ]
"""

CODE = "XD415"
NAME = "kept-by-xen"
SUMMARY = "Xen keeps the I/O port or the interrupt for itself"
SEVERITY = "error"
FIX = ""
KINDS = {
    "ioports.kept": (
        "`{text}` has port {port}, which Xen keeps even from dom0",
        "leave {kept} out",
    ),
    "irqs.kept": (
        "Xen keeps interrupt {text}, the timer, even from dom0",
        "leave it out",
    ),
}
