"""A serial port that QEMU does not know.

What it does
------------
Reports values of `serial` that are no character device of QEMU, such as pty, null, stdio,
file:PATH, tcp:HOST:PORT or /dev/ttyS0.

Why
---
QEMU does not start ("is not a valid char driver", "could not connect serial device to character
backend"), and xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    serial = "ttyS0"

Fix
---
    name = "web"
    type = "hvm"
    serial = "/dev/ttyS0"
"""

CODE = "XD307"
NAME = "unknown-serial-port"
SUMMARY = "QEMU does not know the serial port"
SEVERITY = "error"
FIX = ""
KINDS = {
    "serial.unknown": (
        "QEMU knows no character device `{text}` and does not start",
        'write "pty", or the path of a device such as "/dev/ttyS0"',
    ),
    "serial.form": (
        "QEMU cannot connect a serial port to `{text}` and does not start",
        "write {form}",
    ),
}
