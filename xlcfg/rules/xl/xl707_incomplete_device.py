"""A device that lacks a parameter.

What it does
------------
Reports entries of `vtpm`, `p9`, `channel` and `virtio` without a parameter they need.

Why
---
xl exits with an error, libxl refuses the domain, or xl crashes: the guest does not start.

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
SUMMARY = "a device lacks a parameter that it needs"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vtpm.no-backend": (
        "the vTPM `{text}` has no backend",
        "add `backend=` and the name of the domain with the TPM manager",
    ),
    "p9.missing": (
        "the 9pfs device `{text}` lacks {missing}",
        "add {missing}, each with a value",
    ),
    "channel.no-connection": (
        "the channel `{text}` has no connection",
        "add `connection=pty`, or `connection=socket` with `path=`",
    ),
    "channel.no-path": (
        "a socket channel needs a path",
        "add `path=` and the path of the socket",
    ),
    "channel.no-name": (
        "the channel `{text}` has no name: libxl refuses the guest",
        "add `name=`, as in name=org.qemu.guest_agent.0",
    ),
    "virtio.no-device": (
        "`{text}` without a device makes xl crash",
        "write `type=virtio,device` or, with a number, `type=virtio,device22`",
    ),
}
