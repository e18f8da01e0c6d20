"""A setting that xl reads and does not use.

What it does
------------
Reports settings that once did something and that xl now only knows by name.

Why
---
The guest starts without what the line was meant to do.

Example
-------
    name = "web"
    type = "hvm"
    device_model = "/usr/lib/xen/bin/qemu-dm"

Fix
---
    name = "web"
    type = "hvm"
"""

CODE = "XL218"
NAME = "setting-without-effect"
SUMMARY = "xl reads a setting only to ignore it"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "key.no-effect": (
        "xl reads `{key}` only to ignore it",
        "delete the line",
    ),
    "device_model.ignored": (
        "xl ignores `device_model`",
        "delete the line; `device_model_override` names another emulator",
    ),
}
