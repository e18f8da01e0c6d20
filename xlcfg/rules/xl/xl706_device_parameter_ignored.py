"""A device with a parameter that xl leaves out.

What it does
------------
Reports parameters of `channel` and `arm_sci` that xl does not know, and resolutions of `vdispl`
that it cannot read.

Why
---
xl prints a message and goes on without it.

Example
-------
    name = "web"
    type = "hvm"
    channel = [ "connection=pty,name=org.qemu.guest_agent.0,target=virtio" ]

Fix
---
    name = "web"
    type = "hvm"
    channel = [ "connection=pty,name=org.qemu.guest_agent.0" ]
"""

CODE = "XL706"
NAME = "device-parameter-ignored"
SUMMARY = "xl ignores a parameter of a device"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "channel.unknown-key": (
        "xl ignores `{text}`, which a channel does not have",
        "write one of: {accepted}",
    ),
    "arm_sci.unknown-key": (
        "xl ignores `{text}`, which `arm_sci` does not have",
        "write one of: {accepted}",
    ),
    "vdispl.lost-resolution": (
        "xl cannot read the resolution of `{text}` and skips the rest",
        "write ID:WIDTHxHEIGHT, such as `hdmi0:1920x1080`",
    ),
}
