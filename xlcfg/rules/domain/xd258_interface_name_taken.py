"""An interface with the name of a bridge.

What it does
------------
Reports a `vifname` that is the name of a bridge of the described host (`--host`).

Why
---
The hotplug script renames the interface, and Linux has one of that name: "RTNETLINK answers: File
exists". xl destroys the domain again.

Example
-------
    # host.json: {"cpus": 4, "bridges": ["br0"]}
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br0,vifname=br0" ]

Fix
---
    # host.json: {"cpus": 4, "bridges": ["br0"]}
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br0,vifname=web0" ]
"""

CODE = "XD258"
NAME = "interface-name-taken"
SUMMARY = "a bridge of the host has the name of an interface"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.interface": (
        "the host has a bridge `{text}`: the hotplug script cannot name the interface so",
        "write another name",
    ),
}
