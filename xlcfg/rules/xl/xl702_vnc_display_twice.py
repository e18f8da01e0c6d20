"""A VNC display that is given twice.

What it does
------------
Reports HVM guests with a display in `vnclisten`, as in `0.0.0.0:1`, and in `vncdisplay`.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    vnc = 1
    vnclisten = "0.0.0.0:1"
    vncdisplay = 1

Fix
---
    name = "web"
    type = "hvm"
    vnc = 1
    vnclisten = "0.0.0.0"
    vncdisplay = 1
"""

CODE = "XL702"
NAME = "vnc-display-twice"
SUMMARY = "the VNC display is given both in `vnclisten` and in `vncdisplay`"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vnc.display-twice": (
        "the VNC display is both in `vnclisten` and in `vncdisplay`",
        "write the bare address in `vnclisten`, or delete `vncdisplay`",
    ),
}
