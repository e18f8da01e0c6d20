"""One network interface in two entries.

What it does
------------
Reports two neighbouring entries of `vif` of which one has only a bridge and the other only a MAC
address, and those of which the first ends in a comma and the second has what the first lacks.

Why
---
Every entry is an interface: the guest gets two, one with another address than was meant and one on
the default bridge.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br1", "mac=00:16:3e:00:00:01" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=br1,mac=00:16:3e:00:00:01" ]
"""

CODE = "XD252"
NAME = "interface-in-two-entries"
SUMMARY = "two entries look like one network interface"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.split": (
        "this is a second interface: the entry before has what it lacks",
        "write both into one entry, with a comma between",
    ),
}
