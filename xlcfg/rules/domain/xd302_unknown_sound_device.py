"""A sound card that libxl does not know.

What it does
------------
Reports values of `soundhw` other than ac97, adlib, cs4231a, es1370, gus, hda and sb16. Releases
before 4.17 hand the text to the device model.

Why
---
libxl refuses to start the device model: "Unknown soundhw option".

Example
-------
    # xlcfg: --xen 4.17
    name = "web"
    type = "hvm"
    soundhw = "ich6"

Fix
---
    # xlcfg: --xen 4.17
    name = "web"
    type = "hvm"
    soundhw = "hda"
"""

CODE = "XD302"
NAME = "unknown-sound-device"
SUMMARY = "libxl does not know the sound card"
SEVERITY = "error"
FIX = ""
KINDS = {
    "soundhw.unknown": (
        "libxl does not know the sound card `{text}` and refuses the guest",
        "{cure}",
    ),
}
