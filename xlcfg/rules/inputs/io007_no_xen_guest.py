"""A file that a toolstack other than xl reads, without a guest for Xen in it.

What it does
------------
Reports domain XML, VM records and device trees that are of a toolstack's form but describe
something else: a network, a guest of another hypervisor, a tree without a guest. Scripts of U-Boot
that write neither a line nor a guest of Xen are reported too.

Why
---
The form was recognised, so this is no plain text that xl could read; and there is nothing in it
to check.

Example
-------
    <network>
      <name>default</name>
    </network>

Fix
---
    <domain type='xen'>
      <name>web</name>
    </domain>
"""

from __future__ import annotations

CODE = "IO007"
NAME = "no-xen-guest"
SUMMARY = "a file of another toolstack holds no Xen guest"
SEVERITY = "error"
FIX = ""
