"""An entry with a parameter that xl does not know.

What it does
------------
Reports unknown parameters in the entries of `usbctrl`, `usbdev`, `p9`, `vkb`, `vdispl`, `virtio`,
`vsnd`, `vtpm` and `pvcalls`.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    usbdev = [ "type=hostdev,bus=1,addr=2" ]

Fix
---
    name = "web"
    type = "hvm"
    usbdev = [ "type=hostdev,hostbus=1,hostaddr=2" ]
"""

CODE = "XL211"
NAME = "unknown-entry-parameter"
SUMMARY = "xl refuses a parameter that a device entry does not have"
SEVERITY = "error"
FIX = ""
KINDS = {
    "spec.unknown-key": (
        "`{key}` does not know `{text}`",
        "write one of: {accepted}",
    ),
}
