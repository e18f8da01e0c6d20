"""An entry with something else where xl wants a number or a range.

What it does
------------
Reports numbers and ranges within entries (`irqs`, `ioports`, `iomem`, `llc_colors`, `vnuma`,
`devid` and `mtu` of a `vif`) that xl cannot read. Ports and memory frames are hexadecimal.

Why
---
xl exits with an error, or crashes, and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    iomem = [ "0xa0:0x20" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    iomem = [ "a0,20" ]
"""

CODE = "XL214"
NAME = "bad-number-in-entry"
SUMMARY = "xl cannot read a number or range in an entry and refuses it"
KINDS = ("spec.not-a-number", "iomem.syntax", "llc_colors.reversed", "llc_colors.endless")
