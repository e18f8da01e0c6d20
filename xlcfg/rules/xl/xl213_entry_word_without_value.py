"""An entry with a word that is not `NAME=VALUE`.

What it does
------------
Reports words without an `=`, or with nothing behind it, in entries made of `NAME=VALUE` pairs.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    channel = [ "connection=pty,org.qemu.guest_agent.0" ]

Fix
---
    name = "web"
    type = "hvm"
    channel = [ "connection=pty,name=org.qemu.guest_agent.0" ]
"""

CODE = "XL213"
NAME = "entry-word-without-value"
SUMMARY = "xl refuses a parameter of an entry that has no value"
SEVERITY = "error"
FIX = ""
KINDS = {
    "spec.no-value": (
        "`{text}` is not NAME=VALUE",
        "write a name, `=` and a value",
    ),
}
