"""A UUID that xl cannot read.

What it does
------------
Reports UUIDs that are not 32 hexadecimal digits with dashes in the four usual places.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    uuid = "5a4f1c0e2b7d4c61a1d0e6f3b2c49a87"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    uuid = "5a4f1c0e-2b7d-4c61-a1d0-e6f3b2c49a87"
"""

CODE = "XL303"
NAME = "bad-uuid"
SUMMARY = "xl refuses a UUID that is none"
SEVERITY = "error"
FIX = ""
KINDS = {
    "uuid.bad": (
        "`{text}` is no UUID",
        "write 32 hexadecimal digits grouped 8-4-4-4-12 with dashes, as `uuidgen` prints them",
    ),
}
