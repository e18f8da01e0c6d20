"""More sets of physical CPUs than the guest has vCPUs.

What it does
------------
Reports the entries of `cpus` and `cpus_soft` that belong to no vCPU, and both of them in a file
without `vcpus`.

Why
---
xl takes one entry for each vCPU and ignores the rest without a word. Before 4.22 a file without
`vcpus` has none at that point: `xl vcpu-list` shows `all`.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 2
    cpus = [ "0", "1", "2" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 3
    cpus = [ "0", "1", "2" ]
"""

CODE = "XL311"
NAME = "surplus-cpus"
SUMMARY = "there are more entries in `cpus` than vCPUs"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "cpus.surplus": (
        "there are only {vcpus} vCPUs: xl ignores the rest of `{key}`",
        "delete the rest, or raise `vcpus`",
    ),
    "cpus.no-vcpus": (
        "without `vcpus` xl ignores `{key}`: the guest runs on all CPUs",
        "add `vcpus = 1`, or as many as the guest is to have",
    ),
}
