"""A name that no network interface can have.

What it does
------------
Reports values of `vifname` that Linux refuses: more than 15 characters, blanks, slashes, colons.

Why
---
The hotplug script fails to rename the interface ("not a valid ifname"), and xl destroys the domain
again.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,vifname=web-production-0" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,vifname=web-prod-0" ]
"""

CODE = "XD203"
NAME = "impossible-interface-name"
SUMMARY = "Linux has no network interface of that name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vif.impossible-name": (
        "no interface can be called `{text}`: {why}",
        "write a name of at most 15 characters without blanks",
    ),
}
