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
KINDS = ("key.no-effect", "device_model.ignored")
