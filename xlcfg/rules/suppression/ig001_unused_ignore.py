"""A comment that ignores a finding which is not there any more.

What it does
------------
Reports `# xlcfg: ignore[CODE]` comments that nothing is ignored by: on a line, before a line, or
`ignore-file` for a whole file.

Why
---
A left-over comment would hide the same mistake when somebody makes it again.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 2  # xlcfg: ignore[XL101] until the tools are updated

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 2
"""

CODE = "IG001"
NAME = "unused-ignore"
SUMMARY = "a comment ignores findings that are not there"
SEVERITY = "warning"
FIX = ""
