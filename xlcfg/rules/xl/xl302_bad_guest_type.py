"""A guest type that xl does not know, or two that differ.

What it does
------------
Reports a `type` or `builder` that xl does not know, and a `builder` that says something else than
`type`. Upper and lower case differ.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "PVH"
    kernel = "/boot/vmlinuz"

Fix
---
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
"""

CODE = "XL302"
NAME = "bad-guest-type"
SUMMARY = "xl cannot tell what type the guest is of"
SEVERITY = "error"
FIX = ""
KINDS = {
    "type.unknown": (
        "`{key}` does not know `{text}`",
        "write one of: {accepted}, in lower case",
    ),
    "type.contradiction": (
        "the builder `{text}` contradicts the type `{guest}`",
        "delete `builder`, if `type` is right",
    ),
}
