"""A grant table that Xen does not make.

What it does
------------
Reports `max_grant_frames = 0`, and values of `max_grant_version` other than 1 and 2.

Why
---
Xen refuses to create the domain ("Bad grant table sizes", "requested grant version"), which xl
shows as "domain creation fail: Invalid argument".

Example
-------
    name = "web"
    type = "hvm"
    max_grant_version = 3

Fix
---
    name = "web"
    type = "hvm"
    max_grant_version = 2
"""

CODE = "XD403"
NAME = "grant-table-refused"
SUMMARY = "Xen refuses the guest's grant table"
SEVERITY = "error"
FIX = ""
KINDS = {
    "grants.frames": (
        "Xen refuses a grant table of {text} frames",
        "write 1 or more, or delete the line",
    ),
    "grants.version": (
        "Xen has no grant table of version {text}",
        "write 1 or 2",
    ),
    "host.grants": (
        "the host's Xen refuses {text} frames: its boot line allows a guest {most}",
        "write {most} or less, or change the boot line",
    ),
}
