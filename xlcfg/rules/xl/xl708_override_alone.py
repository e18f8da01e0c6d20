"""An override without the version or firmware it is for.

What it does
------------
Reports `device_model_override` without `device_model_version`, and `bios_path_override` without
`bios`.

Why
---
xl warns and takes its own default for the other, which need not fit the file that is named.

Example
-------
    name = "web"
    type = "hvm"
    device_model_override = "/usr/local/bin/qemu-system-i386"

Fix
---
    name = "web"
    type = "hvm"
    device_model_version = "qemu-xen"
    device_model_override = "/usr/local/bin/qemu-system-i386"
"""

CODE = "XL708"
NAME = "override-alone"
SUMMARY = "an override is given without saying of what"
SEVERITY = "info"
FIX = ""
KINDS = {
    "device_model_override.alone": (
        "`device_model_override` is given without `device_model_version`",
        'add `device_model_version = "qemu-xen"`',
    ),
    "bios_path_override.alone": (
        "`bios_path_override` is given without `bios`",
        'say which firmware it is, such as `bios = "ovmf"`',
    ),
}
