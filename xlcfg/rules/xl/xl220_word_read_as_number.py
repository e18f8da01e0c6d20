"""A word that switches off what it names.

What it does
------------
Reports values of `grant_usage` in `virtio` entries that are no plain number.

Why
---
xl reads as many digits as there are, none meaning 0: `grant_usage=enabled` disables it.

Example
-------
    # xlcfg: --xen 4.20 --arch arm64
    name = "web"
    kernel = "/boot/Image"
    virtio = [ "type=virtio,device22,transport=mmio,grant_usage=enabled" ]

Fix
---
    # xlcfg: --xen 4.20 --arch arm64
    name = "web"
    kernel = "/boot/Image"
    virtio = [ "type=virtio,device22,transport=mmio,grant_usage=1" ]
"""

CODE = "XL220"
NAME = "word-read-as-number"
SUMMARY = "xl reads a word as 0, which switches the option off"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "virtio.grant-usage": (
        "xl reads `grant_usage={text}` as {value}",
        "write 1 or 0",
    ),
}
