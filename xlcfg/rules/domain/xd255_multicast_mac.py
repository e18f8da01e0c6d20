"""A multicast address as MAC address.

What it does
------------
Reports MAC addresses whose first byte is odd.

Why
---
Such an address means a group. xl takes it; bridges and guests do not deliver what is sent to it as
to an interface.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=01:16:3e:00:00:01" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=00:16:3e:00:00:01" ]
"""

CODE = "XD255"
NAME = "multicast-mac"
SUMMARY = "a MAC address is that of a group"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.multicast": (
        "{mac} is the address of a group, not of an interface",
        "write an address whose first byte is even; those of Xen begin with 00:16:3e",
    ),
}
