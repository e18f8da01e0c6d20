"""Nested virtualization without hardware assisted paging.

What it does
------------
Reports `nestedhvm = 1` together with `hap = 0`.

Why
---
Xen refuses to create the domain: "Nested virt not supported without HAP", which xl shows as
"domain creation fail: Invalid argument".

Example
-------
    name = "web"
    type = "hvm"
    nestedhvm = 1
    hap = 0

Fix
---
    name = "web"
    type = "hvm"
    nestedhvm = 1
"""

CODE = "XD402"
NAME = "nested-without-hap"
SUMMARY = "nested virtualization needs hardware assisted paging"
SEVERITY = "error"
FIX = ""
KINDS = {
    "nestedhvm.no-hap": (
        "Xen refuses nested virtualization with `hap = 0`",
        "delete `hap = 0`",
    ),
}
