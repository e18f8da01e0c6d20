"""More grant frames than Xen gives by default.

What it does
------------
Says that `max_grant_frames` is above 64, or `max_maptrack_frames` above 1024, for Xen 4.17.

Why
---
Up to 4.17 Xen refuses more than its own `gnttab_max_frames`, which is 64 unless the boot line says
otherwise: "Bad grant table sizes". From 4.18 on the boot line limits dom0 alone.

Example
-------
    # xlcfg: --xen 4.17
    name = "web"
    type = "hvm"
    max_grant_frames = 128

Fix
---
    # xlcfg: --xen 4.17
    name = "web"
    type = "hvm"
    max_grant_frames = 64
"""

CODE = "XD451"
NAME = "grant-frames-above-usual"
SUMMARY = "the host's boot line must allow so many grant frames"
SEVERITY = "info"
FIX = ""
KINDS = {
    "grants.above-usual": (
        "Xen refuses {text} grant frames unless its boot line has `gnttab_max_frames={text}`",
        "write {usual} or less, or change the boot line",
    ),
    "grants.mapped-above-usual": (
        "Xen refuses {text} maptrack frames unless its boot line has `gnttab_max_maptrack_frames`",
        "write {usual} or less, or change the boot line",
    ),
}
