"""Spice settings that do not work together.

What it does
------------
Reports Spice without a port, without a password while it asks for one, with ports, words or
numbers of channels that do not exist.

Why
---
libxl refuses to start the device model ("at least one of the spiceport or tls_port must be
provided", "spice ticketing is enabled but missing password"), or QEMU refuses the value ("spice
port is out of range", "invalid image compression", "invalid stream video control").

Example
-------
    name = "web"
    type = "hvm"
    spice = 1
    spiceport = 6000

Fix
---
    name = "web"
    type = "hvm"
    spice = 1
    spiceport = 6000
    spicedisable_ticketing = 1
"""

CODE = "XD303"
NAME = "spice-refused"
SUMMARY = "libxl or QEMU refuses the Spice server"
SEVERITY = "error"
FIX = ""
KINDS = {
    "spice.no-port": (
        "the Spice server has no port: libxl refuses the guest",
        "add `spiceport` or `spicetls_port`",
    ),
    "spice.port": (
        "QEMU refuses the port {text}: it is out of range",
        "write a port from 1 to 65535",
    ),
    "spice.same-port": (
        "port {text} is given to Spice twice: QEMU cannot bind it the second time",
        "write another port for one of the two",
    ),
    "spice.no-password": (
        "the Spice server asks for a password and has none: libxl refuses the guest",
        "add `spicepasswd`, or `spicedisable_ticketing = 1`",
    ),
    "spice.empty-password": (
        "the password for Spice is empty: libxl refuses the guest",
        "write one, or `spicedisable_ticketing = 1`",
    ),
    "spice.word": (
        "QEMU refuses the {what} `{text}`",
        "write one of: {accepted}",
    ),
    "spice.redirection": (
        "libxl refuses {text} channels for USB redirection",
        "write a number from 1 to 4",
    ),
}
