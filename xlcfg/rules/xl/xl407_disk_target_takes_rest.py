"""A disk with parameters behind `target=`.

What it does
------------
Reports `disk` entries in which something that looks like a parameter follows `target=`.

Why
---
`target=` must be the last parameter: xl takes all that follows as part of the path.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "format=raw,vdev=xvda,target=/dev/vg/web,access=rw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "format=raw,vdev=xvda,access=rw,target=/dev/vg/web" ]
"""

CODE = "XL407"
NAME = "disk-target-takes-rest"
SUMMARY = "`target=` takes the rest of the disk entry, parameters included"
SEVERITY = "info"
FIX = ""
KINDS = {
    "disk.target-takes-rest": (
        "`target=` takes the rest of the string as the path, `{parameter}` too",
        "move `target=` and the path to the end",
    ),
}
