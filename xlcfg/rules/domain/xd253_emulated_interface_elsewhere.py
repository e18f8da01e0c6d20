"""An emulated interface whose backend is in another domain.

What it does
------------
Reports interfaces of HVM guests with `backend=DOMAIN` and no `type`.

Why
---
An HVM guest gets an emulated interface beside the PV one, and QEMU in dom0 cannot reach a bridge
of another domain. With type=vif there is only the PV interface.

Example
-------
    name = "web"
    type = "hvm"
    vif = [ "bridge=dmz,backend=netdom" ]

Fix
---
    name = "web"
    type = "hvm"
    vif = [ "bridge=dmz,backend=netdom,type=vif" ]
"""

CODE = "XD253"
NAME = "emulated-interface-elsewhere"
SUMMARY = "an emulated interface needs its bridge in dom0"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.emulated-elsewhere": (
        "QEMU cannot emulate an interface on a bridge of `{domain}`",
        "add `type=vif`",
    ),
}
