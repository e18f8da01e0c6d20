"""A serial port that waits for somebody.

What it does
------------
Reports a `serial` that serves a socket without `nowait` (or `wait=off`).

Why
---
QEMU waits for somebody to connect before it starts. libxl waits for QEMU, gives up after a minute,
and xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    serial = "tcp:127.0.0.1:4555,server"

Fix
---
    name = "web"
    type = "hvm"
    serial = "tcp:127.0.0.1:4555,server,nowait"
"""

CODE = "XD321"
NAME = "serial-port-waits"
SUMMARY = "the device model waits for somebody to connect to a serial port"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "serial.waits": (
        "the guest is not created before somebody connects to `{text}`",
        "add `,nowait`",
    ),
}
