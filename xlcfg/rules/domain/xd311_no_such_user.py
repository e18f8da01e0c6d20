"""A device model that runs as nobody the host knows.

What it does
------------
Reports `device_model_user` and `dm_restrict` when the described host (`--host`) has no such user.

Why
---
libxl refuses to start the device model: "Couldn't find device_model_user", "Could not find user
xen-qemuuser-shared or range base pseudo-user xen-qemuuser-range-base".

Example
-------
    # host.json: {"cpus": 4, "users": ["root", "nobody"]}
    name = "web"
    type = "hvm"
    memory = 512
    device_model_user = "qemu"

Fix
---
    # host.json: {"cpus": 4, "users": ["root", "nobody"]}
    name = "web"
    type = "hvm"
    memory = 512
    device_model_user = "nobody"
"""

CODE = "XD311"
NAME = "no-such-user"
SUMMARY = "the host has no user for the device model"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.user": (
        "libxl refuses the device model: {says}",
        "write a user of the host, or add `{text}` there",
    ),
}
