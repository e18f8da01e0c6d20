"""Virtual NUMA nodes that contradict the rest of the file.

What it does
------------
Reports `vnuma` whose nodes have more or fewer vCPUs than `maxvcpus`, or more or less memory than
`maxmem`, and nodes with more distances than there are nodes.

Why
---
xl exits with an error; too many distances make it write past its memory.

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
KINDS = ("vnuma.vcpus-differ", "vnuma.memory-differs", "vnuma.distances")
