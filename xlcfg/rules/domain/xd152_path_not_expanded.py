"""A path that only a shell would expand.

What it does
------------
Reports disk targets that begin with `~/`, `$HOME` or `${HOME}`.

Why
---
xl takes a path as it is. On the way to the backend libxl looks for a file of that very name:
"failed to stat".

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "~/web.img,raw,xvda,rw" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/root/web.img,raw,xvda,rw" ]
"""

CODE = "XD152"
NAME = "path-not-expanded"
SUMMARY = "xl does not expand ~ and variables"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "disk.not-expanded": (
        "xl does not expand `{part}`: it looks for a file of that very name",
        "write the whole path",
    ),
}
