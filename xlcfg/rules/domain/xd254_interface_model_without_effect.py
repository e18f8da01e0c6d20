"""A model of an interface that is not emulated.

What it does
------------
Reports `model` together with `type=vif`, and in PV and PVH guests.

Why
---
Only emulated interfaces have a model; libxl ignores it.

Example
-------
    name = "web"
    type = "hvm"
    vif = [ "bridge=xenbr0,type=vif,model=e1000" ]

Fix
---
    name = "web"
    type = "hvm"
    vif = [ "bridge=xenbr0,model=e1000" ]
"""

CODE = "XD254"
NAME = "interface-model-without-effect"
SUMMARY = "only emulated network interfaces have a model"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.model-unused": (
        "`{text}` has no effect with {why}: nothing is emulated",
        "delete it",
    ),
}
