"""A setting that only some hosts can meet.

What it does
------------
Says which cpupools, NUMA nodes, physical CPUs and driver domains must be there before the guest can
start.

Why
---
On a host without them xl exits with an error.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    pool = "batch"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
"""

CODE = "XL312"
NAME = "depends-on-host"
SUMMARY = "whether xl refuses a setting depends on the host"
KINDS = (
    "check.pool",
    "virtio.no-domain",
    "cpus.no-such-cpu",
    "vnuma.no-such-node",
    "vnuma.too-many-vcpus",
)
