"""A virtual keyboard that xl refuses.

What it does
------------
Reports `vkb` entries without a backend type, and those with multi-touch but no size for it.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vkb = [ "feature-abs-pointer=1" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vkb = [ "backend-type=qemu,feature-abs-pointer=1" ]
"""

CODE = "XL704"
NAME = "keyboard-refused"
SUMMARY = "a virtual keyboard lacks what xl needs"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vkb.no-backend-type": (
        "the keyboard `{text}` has no backend type",
        "add `backend-type=qemu` or `backend-type=linux`",
    ),
    "vkb.no-touch-size": (
        "`feature-multi-touch` needs a size",
        "add `multi-touch-width=`, `multi-touch-height=` and `multi-touch-num-contacts=`",
    ),
}
