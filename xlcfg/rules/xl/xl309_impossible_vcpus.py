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
KINDS = ("vcpus.negative", "vcpus.endless", "vcpus.too-many", "vcpus.above-maximum")
