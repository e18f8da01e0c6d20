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
KINDS = ("vif.unknown-parameter", "vif.unknown-type", "vif.accel")
