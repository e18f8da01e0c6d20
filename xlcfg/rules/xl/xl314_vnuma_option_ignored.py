"""An option of a virtual NUMA node that xl does not know.

What it does
------------
Reports options of `vnuma` nodes other than `pnode`, `size`, `vcpus` and `vdistances`, and distances
to nodes that are not there.

Why
---
xl goes on without the option.

Example
-------
    name = "web"
    type = "hvm"
    memory = 1024
    vnuma = [ [ "pnode=0", "size=1024", "vcpus=0-1", "distances=10" ] ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 1024
    vnuma = [ [ "pnode=0", "size=1024", "vcpus=0-1", "vdistances=10" ] ]
"""

CODE = "XL314"
NAME = "vnuma-option-ignored"
SUMMARY = "xl ignores an option of a virtual NUMA node"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vnuma.unknown-option": (
        "xl ignores `{text}`, which a node of `vnuma` does not have",
        "write one of: {accepted}",
    ),
    "vnuma.nested-option": (
        "xl ignores a list among the options of a node of `vnuma`",
        'write each option as one string, such as "size=512"',
    ),
    "vnuma.more-distances": (
        "xl ignores the distances beyond the {nodes} nodes there are",
        "write {nodes} distances, one for each node",
    ),
}
