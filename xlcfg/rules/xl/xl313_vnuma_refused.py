"""Virtual NUMA nodes that contradict the rest of the file.

What it does
------------
Reports `vnuma` whose nodes have more or fewer vCPUs than `maxvcpus`, or more or less memory than
`maxmem`, nodes with more distances than there are nodes, and ranges of vCPUs without an end, such
as `-1`.

Why
---
xl exits with an error; too many distances make it write past its memory, and at a range that goes
up to the largest number it never ends.

Example
-------
    name = "web"
    type = "hvm"
    memory = 1024
    maxvcpus = 4
    vnuma = [ [ "pnode=0", "size=1024", "vcpus=0-1" ] ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 1024
    maxvcpus = 4
    vnuma = [ [ "pnode=0", "size=1024", "vcpus=0-3" ] ]
"""

CODE = "XL313"
NAME = "vnuma-refused"
SUMMARY = "xl refuses virtual NUMA nodes that do not add up"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vnuma.vcpus-differ": (
        "the nodes of `vnuma` have {vcpus} vCPUs, `maxvcpus` is {maximum}",
        "spread {maximum} vCPUs over the nodes, or write `maxvcpus = {vcpus}`",
    ),
    "vnuma.memory-differs": (
        "the nodes of `vnuma` have {total} KiB of memory, `maxmem` is {maxmem} KiB",
        "make the sizes of the nodes add up to `maxmem`",
    ),
    "vnuma.distances": (
        "there are more distances than the {nodes} nodes: xl writes past its memory",
        "write {nodes} distances, one for each node",
    ),
    "vnuma.endless": (
        "xl counts the vCPUs of `{text}` for ever and never ends",
        "write the vCPUs of the node, from 0 on: `0-3`",
    ),
}
