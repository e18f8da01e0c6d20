"""A device that lacks a parameter.

What it does
------------
Reports entries of `vtpm`, `p9`, `channel` and `virtio` without a parameter they need.

Why
---
xl exits with an error, or crashes, and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    channel = [ "name=org.qemu.guest_agent.0" ]

Fix
---
    name = "web"
    type = "hvm"
    channel = [ "connection=pty,name=org.qemu.guest_agent.0" ]
"""

CODE = "XL707"
NAME = "incomplete-device"
SUMMARY = "a device lacks a parameter that xl needs"
KINDS = (
    "vtpm.no-backend",
    "p9.missing",
    "channel.no-connection",
    "channel.no-path",
    "virtio.no-device",
)
