"""I/O ports that no machine has.

What it does
------------
Reports ranges in `ioports` that reach beyond port ffff.

Why
---
Xen refuses them, and libxl with it: "failed give domain access to ioports". xl destroys the domain
again.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    ioports = [ "70000" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    ioports = [ "2f8-2ff" ]
"""

CODE = "XD410"
NAME = "no-such-port"
SUMMARY = "a range of I/O ports goes beyond the last one"
SEVERITY = "error"
FIX = ""
KINDS = {
    "ioports.beyond": (
        "`{text}` reaches beyond the last port, ffff: Xen refuses it",
        "write ports in hexadecimal digits, such as 2f8-2ff",
    ),
}
