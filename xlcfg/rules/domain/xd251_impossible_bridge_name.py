"""A bridge that cannot exist.

What it does
------------
Reports values of `bridge` that no bridge on Linux can have as its name. Often a comma is missing,
and the next parameter became part of the name.

Why
---
All text up to the next comma is the name. The hotplug script finds no such bridge and fails.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0 mac=00:16:3e:00:00:01" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=00:16:3e:00:00:01" ]
"""

CODE = "XD251"
NAME = "impossible-bridge-name"
SUMMARY = "Linux has no bridge of that name"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.impossible-bridge": (
        "no bridge can be called `{text}`: {why}",
        "{cure}",
    ),
}
