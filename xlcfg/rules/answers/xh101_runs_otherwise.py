"""A domain that runs with something else than its file says.

What it does
------------
With `--running FILE`, which has what `xl list -l` prints, names each setting of a guest whose
domain has another value: memory, vCPUs, type, kernel, affinity, devices that are missing, there
besides, or different.

Why
---
The domain was changed while it runs, started with other arguments, or the file was edited since. At
the next start the file counts.

Example
-------
    # file: web.cfg, with 2 vCPUs in list.json
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 4

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 2
"""

from __future__ import annotations

CODE = "XH101"
NAME = "runs-otherwise"
SUMMARY = "a running domain differs from its file"
SEVERITY = "warning"
FIX = ""
