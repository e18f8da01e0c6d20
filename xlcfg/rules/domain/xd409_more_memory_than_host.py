"""More memory than the host has.

What it does
------------
Reports guests with more memory than the described host (`--host`, `memory_mb`).

Why
---
xl cannot free as much, or the domain builder fails: "can't allocate low memory for domain".

Example
-------
    # host.json: {"cpus": 4, "memory_mb": 8192}
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 81920

Fix
---
    # host.json: {"cpus": 4, "memory_mb": 8192}
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 4096
"""

CODE = "XD409"
NAME = "more-memory-than-host"
SUMMARY = "a guest has more memory than the host"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.memory": (
        "the guest wants {text} MiB, and the host has {most}: the domain cannot be built",
        "write less; a size without a unit is in MiB",
    ),
}
