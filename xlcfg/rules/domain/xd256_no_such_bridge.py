"""A bridge that the host does not have.

What it does
------------
Reports interfaces on a bridge that is not among the `bridges` of the described host (`--host`).

Why
---
The hotplug script vif-bridge fails ("Could not find bridge device"), and xl destroys the domain
again.

Example
-------
    # host.json: {"cpus": 4, "bridges": ["xenbr0"]}
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr1" ]

Fix
---
    # host.json: {"cpus": 4, "bridges": ["xenbr0"]}
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0" ]
"""

CODE = "XD256"
NAME = "no-such-bridge"
SUMMARY = "the host has no such bridge"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.bridge": (
        "the host has no bridge `{text}`: the hotplug script fails",
        "it has: {bridges}",
    ),
}
