"""A MAC address that xl cannot read.

What it does
------------
Reports `mac=` of `vif` entries that are not six groups of hexadecimal digits, or that xl reads as
another address than is written.

Why
---
xl prints a message and goes on with the groups it could read, the others being zero. Without any,
the interface gets a random address, a new one at every start. It says nothing of what stands behind
a group that it could read: `...:1G` ends in 01, and an address of five groups takes its sixth from
the next parameter if that begins with a hexadecimal digit. An address of zeros counts as none.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=00:16:3e:1d:7a" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=00:16:3e:1d:7a:01" ]
"""

CODE = "XL502"
NAME = "bad-mac"
SUMMARY = "xl cannot read a MAC address and uses another"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.bad-mac": (
        "`{text}` is no MAC address: xl uses what it can read of it",
        "write six groups of two hexadecimal digits, such as `mac=00:16:3e:12:34:56`",
    ),
    "vif.no-mac": (
        "xl takes `{text}` for no MAC address: the interface gets a random one at every start",
        "write another address, such as `mac=00:16:3e:12:34:56`, or delete `mac=`",
    ),
    "vif.other-mac": (
        "xl reads the MAC address `{text}` as {read}",
        "write six groups of two hexadecimal digits, such as `mac=00:16:3e:12:34:56`",
    ),
}
