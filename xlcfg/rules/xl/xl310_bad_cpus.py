"""A set of physical CPUs that xl cannot read.

What it does
------------
Reports `cpus` and `cpus_soft` that are not made of `N`, `N-M`, `^N`, `node:N` and `all`, separated
by commas, and those that name no CPU.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    cpus = "0..3"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    cpus = "0-3"
"""

CODE = "XL310"
NAME = "bad-cpus"
SUMMARY = "xl cannot read which physical CPUs are meant"
KINDS = ("cpus.bad-range", "cpus.not-all", "cpus.empty")
