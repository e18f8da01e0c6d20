"""A weight or cap that the scheduler refuses.

What it does
------------
Reports values of `cpu_weight` outside of 1 to 65535, and of `cap` above 100 for each vCPU.

Why
---
libxl refuses what the credit schedulers do not take: "Cpu weight out of range", "Cpu cap out of
range".

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    cap = 300
    vcpus = 2

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    cap = 200
    vcpus = 2
"""

CODE = "XD501"
NAME = "scheduler-value-refused"
SUMMARY = "libxl refuses a scheduler parameter"
SEVERITY = "error"
FIX = ""
KINDS = {
    "cpu_weight.range": (
        "libxl refuses the weight {text}",
        "write a number from 1 to 65535; the default is 256",
    ),
    "cap.range": (
        "libxl refuses a cap of {text}: {vcpus} vCPU(s) use {most} at most",
        "write a number from 0 to {most}, or set `vcpus`",
    ),
}
