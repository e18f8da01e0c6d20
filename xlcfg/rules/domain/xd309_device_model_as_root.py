"""A device model that is to run as root.

What it does
------------
Reports `device_model_user = "root"`.

Why
---
The setting is there to run QEMU as somebody else. libxl refuses: "intended_uid is 0 (root)".

Example
-------
    name = "web"
    type = "hvm"
    device_model_user = "root"

Fix
---
    name = "web"
    type = "hvm"
"""

CODE = "XD309"
NAME = "device-model-as-root"
SUMMARY = "the user of the device model must not be root"
SEVERITY = "error"
FIX = ""
KINDS = {
    "device_model_user.root": (
        "libxl refuses to run the device model as root",
        "name another user, or delete the line",
    ),
}
