"""A virtual display without proper connectors.

What it does
------------
Reports `vdispl` entries whose `connectors` are missing or not `ID:WIDTHxHEIGHT`, separated by
semicolons.

Why
---
xl exits with an error, or crashes, and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vdispl = [ "backend=display,connectors=hdmi0" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vdispl = [ "backend=display,connectors=hdmi0:1920x1080" ]
"""

CODE = "XL705"
NAME = "bad-connectors"
SUMMARY = "a virtual display has no connectors that xl can read"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vdispl.empty-connectors": (
        "empty connectors make xl crash",
        "write `connectors=ID:WIDTHxHEIGHT`, such as `connectors=hdmi0:1920x1080`",
    ),
    "vdispl.no-resolution": (
        "the connector `{text}` has no resolution, which makes xl crash",
        "write ID:WIDTHxHEIGHT, such as `hdmi0:1920x1080`",
    ),
    "vdispl.bad-resolution": (
        "the connector `{text}` is not ID:WIDTHxHEIGHT",
        "write like `hdmi0:1920x1080`",
    ),
    "vdispl.no-connector": (
        "the display `{text}` has no connectors",
        "add `connectors=ID:WIDTHxHEIGHT`",
    ),
}
