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
SEVERITY = ("error", "info")
FIX = ""
KINDS = {
    "check.pool": (
        "xl refuses the guest on a host without a cpupool `{text}`",
        "make the pool first with `xl cpupool-create`",
    ),
    "virtio.no-domain": (
        "xl refuses the guest while no domain `{text}` runs",
        "start that domain first",
    ),
    "cpus.no-such-cpu": (
        "none of the CPUs `{text}` exists on this host",
        "name CPUs that exist there (`xl info` says how many)",
    ),
    "vnuma.no-such-node": (
        "there is no NUMA node {text} on this host",
        "name a node that exists there (`xl info -n` lists them)",
    ),
    "vnuma.too-many-vcpus": (
        "the nodes of `vnuma` have {vcpus} vCPUs, the host has {cpus} CPUs",
        "add `maxvcpus = {vcpus}`",
    ),
}
