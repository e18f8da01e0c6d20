"""A directory to share that the host does not have.

What it does
------------
Reports entries of `p9` whose path leads to nothing in a directory that the description of the host
(`--host`) lists under `files`.

Why
---
The guest is created, and nothing says that there is nothing to share: mounting it fails.

Example
-------
    # host.json: {"cpus": 4, "files": {"/srv": ["web"]}}
    name = "web"
    kernel = "/boot/vmlinuz"
    p9 = [ "tag=t,path=/srv/wbe,security_model=none" ]

Fix
---
    # host.json: {"cpus": 4, "files": {"/srv": ["web"]}}
    name = "web"
    kernel = "/boot/vmlinuz"
    p9 = [ "tag=t,path=/srv/web,security_model=none" ]
"""

CODE = "XD155"
NAME = "missing-shared-directory"
SUMMARY = "the host has no such directory to share"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "host.share": (
        "the host has no `{text}` to share",
        "write a path that exists, or correct `files` of the host",
    ),
}
