"""A VNC display that cannot be.

What it does
------------
Reports values of `vncdisplay` above 99 unless `vncunused` is 0, and above 59635; and values of
`vnclisten` with a colon behind which no display stands, among them IPv6 addresses that are not in
brackets and followed by one.

Why
---
Display N is port 5900+N. With `vncunused`, which is on unless it is set to 0, QEMU tries the
displays from the one given to 99, and there is none: "Failed to create a socket". With a colon in
`vnclisten` libxl takes it for address and display. QEMU does not start ("port 60000 out of range",
"address resolution failed", "can't convert to a number", "vnc port cannot be empty"), and xl
destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    vncdisplay = 60000

Fix
---
    name = "web"
    type = "hvm"
    vncdisplay = 60
"""

CODE = "XD304"
NAME = "vnc-server-refused"
SUMMARY = "QEMU refuses the VNC display"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vnc.port": (
        "QEMU refuses the display {text}: its port is out of range",
        "write a number from 0 to {most}",
    ),
    "vnc.unused": (
        "QEMU looks for an unused display from {text} to {most}, finds none and does not start",
        "{cure}",
    ),
    "vnc.display": (
        "QEMU refuses `{text}`: {why}",
        "{cure}",
    ),
    "vnc.listen": (
        "QEMU takes `{host}` for the host and {number} for the display, and refuses it",
        "write the address in brackets and the display, such as [::1]:0",
    ),
}
