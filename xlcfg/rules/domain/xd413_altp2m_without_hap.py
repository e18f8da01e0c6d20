"""Alternate p2m without hardware assisted paging.

What it does
------------
Reports `altp2m` of PV guests and of guests with `hap = 0`, from 4.19 on. Before, Xen created them,
without altp2m.

Why
---
Xen refuses to create the domain: "altp2m is only supported with HAP", which xl shows as "domain
creation fail: Invalid argument".

Example
-------
    # xlcfg: --xen 4.20
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    altp2m = "external"

Fix
---
    # xlcfg: --xen 4.20
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
    altp2m = "external"
"""

CODE = "XD413"
NAME = "altp2m-without-hap"
SUMMARY = "alternate p2m needs hardware assisted paging"
SEVERITY = "error"
FIX = ""
KINDS = {
    "altp2m.no-hap": (
        "Xen refuses `{key}` {why}: altp2m is only supported with HAP",
        "delete this line, or change the other",
    ),
}
