"""Two interfaces with one number.

What it does
------------
Reports entries of `vif` with the `devid` of an earlier one.

Why
---
libxl refuses the second: "device already exists in xenstore". Without `devid` it counts itself.

Example
-------
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br0,devid=1", "bridge=br1,devid=1" ]

Fix
---
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br0,devid=1", "bridge=br1,devid=2" ]
"""

CODE = "XD204"
NAME = "interface-number-twice"
SUMMARY = "two interfaces have one number"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vif.same-devid": (
        "another interface has the number {devid} as well: libxl refuses the second",
        "write another number, or none",
    ),
}
