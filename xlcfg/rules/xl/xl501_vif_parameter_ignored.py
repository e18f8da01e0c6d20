"""A network interface with a parameter that xl leaves out.

What it does
------------
Reports parameters of `vif` entries that xl does not know or does not support.

Why
---
xl prints a message and goes on without the parameter.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,ipaddr=192.0.2.7" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,ip=192.0.2.7" ]
"""

CODE = "XL501"
NAME = "vif-parameter-ignored"
SUMMARY = "xl ignores a parameter of a network interface"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.unknown-parameter": (
        "xl ignores `{text}`, which a vif does not have",
        "write one of: bridge, mac, ip, script, type, model, vifname, rate, backend, devid, mtu",
    ),
    "vif.unknown-type": (
        "xl ignores the type `{text}`, which a vif does not have",
        "write `type=vif` or `type=ioemu`",
    ),
    "vif.accel": (
        "xl does not support `accel` and ignores it",
        "delete it",
    ),
}
