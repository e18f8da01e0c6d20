"""Options that QEMU does not have.

What it does
------------
Reports items of `device_model_args` and `device_model_args_hvm` that begin an option which no
version of QEMU has, or which the QEMU of the release has no more. With `device_model_override`
nothing is said.

Why
---
libxl hands them on, and QEMU does not start ("invalid option"); xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    memory = 512
    device_model_args = [ "-no-such", "1" ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 512
    device_model_args = [ "-boot", "menu=on" ]
"""

CODE = "XD313"
NAME = "unknown-emulator-option"
SUMMARY = "QEMU has no such option"
SEVERITY = "error"
FIX = ""
KINDS = {
    "emulator.option": (
        "QEMU has no option `{text}` and does not start",
        "write an option of QEMU, each of its words an item",
    ),
}
