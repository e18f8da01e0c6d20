"""A name that no guest can have.

What it does
------------
Reports the name Domain-0, names with a slash, and names of which xl cannot make the name of a log
file.

Why
---
libxl refuses the name ("Domain with name 'Domain-0' already exists"); for the others xl fails to
open its log xl-NAME.log in /var/log/xen, or libxl that of the device model ("unable to open Qemu
logfile").

Example
-------
    name = "Domain-0"
    kernel = "/boot/vmlinuz"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
"""

CODE = "XD502"
NAME = "guest-name-refused"
SUMMARY = "xl cannot start a guest under that name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "name.taken": (
        "every host has a domain `{text}`: libxl refuses the name",
        "write another name",
    ),
    "name.slash": (
        "xl cannot open its log for `{text}`: a slash makes it a path",
        "write a name without a slash",
    ),
    "name.long": (
        "the log of a guest whose name has {length} characters cannot be opened",
        "write a name of at most {limit} characters",
    ),
}
