"""More vCPUs than the hypervisor gives a guest.

What it does
------------
Reports HVM and PVH guests with more than 128 vCPUs, and on Arm guests with more than 128, or more
than 8 with gic_version="v2".

Why
---
Xen refuses to create the domain: "domain creation fail: Invalid argument".

Example
-------
    name = "web"
    type = "hvm"
    vcpus = 129

Fix
---
    name = "web"
    type = "hvm"
    vcpus = 128
"""

CODE = "XD401"
NAME = "too-many-vcpus"
SUMMARY = "Xen refuses so many vCPUs"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vcpus.above-limit": (
        "Xen refuses {text} vCPUs: {what} has {limit} at most",
        "write a number up to {limit}",
    ),
}
