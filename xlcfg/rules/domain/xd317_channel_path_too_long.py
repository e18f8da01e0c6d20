"""A path that no Unix socket can have.

What it does
------------
Reports entries of `channel` whose path has more than 108 bytes.

Why
---
Linux cannot make a socket there, and QEMU does not start: "UNIX socket path" and the path, which "is
too long". xl destroys the domain again.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    channel = [ "connection=socket,name=a,path=/srv/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    channel = [ "connection=socket,name=a,path=/run/web.sock" ]
"""

# ruff: noqa: E501
CODE = "XD317"
NAME = "channel-path-too-long"
SUMMARY = "no socket can have so long a path"
SEVERITY = "error"
FIX = ""
KINDS = {
    "channel.long-path": (
        "no socket can have a path of {length} bytes: Linux takes {most}",
        "write a shorter path",
    ),
}
