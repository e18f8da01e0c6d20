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
KINDS = (
    "vdispl.empty-connectors",
    "vdispl.no-resolution",
    "vdispl.bad-resolution",
    "vdispl.no-connector",
)
