"""A firmware that the device model cannot run.

What it does
------------
Reports a `bios` (or a `firmware` of an HVM guest) that does not belong to its device model.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    bios = "rombios"

Fix
---
    name = "web"
    type = "hvm"
    bios = "seabios"
"""

CODE = "XL709"
NAME = "firmware-for-other-device-model"
SUMMARY = "the device model cannot run this firmware"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.bios": (
        "{model} does not run the firmware `{text}`",
        "write {accepted}, or choose another `device_model_version`",
    ),
}
