"""A rate limit that xl cannot read.

What it does
------------
Reports `rate=` of `vif` entries that are not a number, `b/s` or `B/s` with `K`, `M` or `G` before
it, and perhaps `@` and an interval; and any rate after a number out of range, of an address or of
another key: xl takes the trace of that error for one of the rate.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,rate=10Mbit/s" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,rate=10Mb/s" ]
"""

CODE = "XL503"
NAME = "bad-rate"
SUMMARY = "xl refuses the rate limit of a network interface"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vif.bad-rate": (
        "`{text}` is no rate",
        "write like `10Mb/s` or `250KB/s@20ms`",
    ),
    "vif.rate-after-overflow": (
        "xl refuses `{text}`, as a number that it has read before is out of range",
        "write a number that fits; it is told as well",
    ),
}
