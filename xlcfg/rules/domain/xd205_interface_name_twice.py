"""Two interfaces with one name.

What it does
------------
Reports entries of `vif` with the `vifname` of an earlier one, where Xen's own scripts name them.

Why
---
The hotplug script renames the interface in the domain that serves it, and Linux has one of that
name by then: "RTNETLINK answers: File exists". xl destroys the domain again.

Example
-------
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br0,vifname=web", "bridge=br1,vifname=web" ]

Fix
---
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br0,vifname=web0", "bridge=br1,vifname=web1" ]
"""

CODE = "XD205"
NAME = "interface-name-twice"
SUMMARY = "two interfaces have one name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vif.same-name": (
        "another interface is called `{name}` as well: the hotplug script cannot name the second",
        "write another name",
    ),
}
