"""Fewer event channels than a guest starts with.

What it does
------------
Reports `max_event_channels = 1`, and for HVM guests values below the number of vCPUs and three.

Why
---
xenstore and the console have an event channel each. Where there is none left the domain builder
fails: "HYPERVISOR_event_channel_op failed". The device model needs one for each vCPU and one more;
without them QEMU gives up: "failed to create ioreq server". 0 stands for the default, 1023.

Example
-------
    name = "web"
    type = "hvm"
    vcpus = 4
    max_event_channels = 6

Fix
---
    name = "web"
    type = "hvm"
    vcpus = 4
    max_event_channels = 64
"""

CODE = "XD412"
NAME = "too-few-event-channels"
SUMMARY = "the guest cannot start with so few event channels"
SEVERITY = "error"
FIX = ""
KINDS = {
    "channels.too-few": (
        "{text} event channels are too few: {what} need {needed}",
        "write a larger number, or delete the line for 1023",
    ),
}
