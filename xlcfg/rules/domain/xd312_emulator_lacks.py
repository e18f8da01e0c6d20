"""Something that the emulator of the host is built without.

What it does
------------
Reports displays, VNC passwords, USB redirection, formats of images and sound that the device model
of the described host (`--host`) is built without (`emulator_lacks`).

Why
---
QEMU does not start ("Parameter 'type' does not accept value 'sdl'", "Cipher backend does not
support DES algorithm", "Unknown driver", "is not a valid device model name", "no default audio
driver available"), and xl destroys the domain again.

Example
-------
    # host.json: {"cpus": 4, "emulator_lacks": ["sdl"]}
    name = "web"
    type = "hvm"
    memory = 512
    sdl = 1

Fix
---
    # host.json: {"cpus": 4, "emulator_lacks": ["sdl"]}
    name = "web"
    type = "hvm"
    memory = 512
    vnc = 1
"""

CODE = "XD312"
NAME = "emulator-lacks"
SUMMARY = "the emulator of the host is built without it"
SEVERITY = "error"
FIX = ""
KINDS = {
    "host.emulator": (
        "the device model of the host lacks {text} and does not start: {says}",
        "do without it, or install another qemu there",
    ),
}
