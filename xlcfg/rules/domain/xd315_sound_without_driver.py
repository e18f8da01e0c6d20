"""A sound card for which newer QEMUs have no audio driver.

What it does
------------
Notes `soundhw` for 4.20 and later, where nothing in `device_model_args` says what plays the sound.

Why
---
libxl starts the device model with `-nodefaults` and a card that names no audio driver. QEMU takes
that up to 8.1; from 8.2 on it does not start: "no default audio driver available". A described host
(`--host`) whose `emulator_lacks` has `audio` makes it an error.

Example
-------
    # xlcfg: --xen 4.20
    name = "web"
    type = "hvm"
    soundhw = "hda"

Fix
---
    # xlcfg: --xen 4.20
    name = "web"
    type = "hvm"
    soundhw = "hda"
    device_model_args = ["-audio", "none"]
"""

CODE = "XD315"
NAME = "sound-without-driver"
SUMMARY = "QEMU 8.2 and later have no audio driver for the sound card"
SEVERITY = "info"
FIX = ""
KINDS = {
    "soundhw.no-driver": (
        "QEMU 8.2 and later do not start with `{text}`: no default audio driver available",
        'add `device_model_args = ["-audio", "none"]`, or another driver there',
    ),
}
