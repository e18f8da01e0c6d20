"""What newer QEMUs refuse.

What it does
------------
Notes `acpi = 0` and `soundhw` of HVM guests for 4.20 and later, and `spicepasswd` for 4.18 and
later; `soundhw` only where nothing in `device_model_args` says what plays the sound.

Why
---
libxl starts the device model with `-nodefaults` and a sound card without a driver, which QEMU takes
up to 8.1: from 8.2 on it does not start ("no default audio driver available"). For `acpi = 0` libxl
says `-no-acpi`, which QEMU lost with 9.0 ("-no-acpi: invalid option"), and for a password of Spice
`password=`, which it lost with 8.0 ("Invalid parameter 'password'"). A described host (`--host`)
whose `emulator_lacks` has `audio`, `no-acpi` or `spice-password` makes these errors.

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
NAME = "newer-emulator-refuses"
SUMMARY = "newer versions of QEMU refuse what libxl tells them"
SEVERITY = "info"
FIX = ""
KINDS = {
    "soundhw.no-driver": (
        "QEMU 8.2 and later do not start with `{text}`: no default audio driver available",
        'add `device_model_args = ["-audio", "none"]`, or another driver there',
    ),
    "spice.password": (
        "QEMU 8.0 and later do not start with a password for Spice: Invalid parameter 'password'",
        "write `spicedisable_ticketing = 1` instead, and keep the port to those who may use it",
    ),
    "acpi.no-option": (
        "QEMU 9.0 and later do not start without ACPI: -no-acpi: invalid option",
        "delete this line",
    ),
}
