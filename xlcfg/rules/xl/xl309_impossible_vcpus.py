"""A number of vCPUs that no guest can have.

What it does
------------
Reports negative and far too large numbers of vCPUs, and more `vcpus` than `maxvcpus`.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 4
    maxvcpus = 2

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 2
    maxvcpus = 4
"""

CODE = "XL309"
NAME = "impossible-vcpus"
SUMMARY = "xl refuses a number of vCPUs"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vcpus.negative": (
        "xl cannot have {text} vCPUs",
        "write a number from 1 on",
    ),
    "vcpus.endless": (
        "xl counts to {text} before it fails",
        "write the number of vCPUs the guest is to have",
    ),
    "vcpus.too-many": (
        "{text} vCPUs are too many: libxl allows {limit}",
        "write a number up to {limit}",
    ),
    "vcpus.above-maximum": (
        "{vcpus} vCPUs are more than the maximum of {maximum}",
        "write `maxvcpus = {vcpus}`, or lower `vcpus` to {maximum}",
    ),
}
