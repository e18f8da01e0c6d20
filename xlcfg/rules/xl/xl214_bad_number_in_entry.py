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
SEVERITY = "error"
FIX = ""
KINDS = {
    "spec.not-a-number": (
        "`{text}` is no number that `{key}` can read here",
        "write a plain number (hexadecimal for `ioports`, decimal else), without blanks or a unit",
    ),
    "iomem.syntax": (
        "xl cannot read `{text}` as a range of memory frames",
        "write hexadecimal START,COUNT or START,COUNT@GFN, such as `a0,20`",
    ),
    "llc_colors.reversed": (
        "the range `{text}` ends before it starts",
        "write the smaller color first",
    ),
    "llc_colors.endless": (
        "the color `{text}` makes xl crash",
        "write a smaller color",
    ),
}
