"""A file that the host does not have.

What it does
------------
Reports disks, kernels, ramdisks, firmware, scripts and sockets whose path leads to nothing in a
directory that the description of the host (`--host`) lists under `files`.

Why
---
libxl, the domain builder or QEMU cannot open it ("failed to stat", "failed to open file", "Could
not open"), or the hotplug script cannot be run ("cannot execute"); xl destroys the domain again.

Example
-------
    # host.json: {"cpus": 4, "files": {"/srv": ["web.img"]}}
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/wbe.img,raw,xvda,rw" ]

Fix
---
    # host.json: {"cpus": 4, "files": {"/srv": ["web.img"]}}
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.img,raw,xvda,rw" ]
"""

CODE = "XD107"
NAME = "missing-file"
SUMMARY = "the host has no such file"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.file": (
        "the host has no `{text}`: the guest cannot be created",
        "write a path that exists, or correct `files` of the host",
    ),
    "host.directory": (
        "`{text}` is a directory of the host, and no file: the guest cannot be created",
        "write the path of a file",
    ),
}
