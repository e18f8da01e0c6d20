"""A comment that ignores a code which does not exist.

What it does
------------
Reports words in `# xlcfg: ignore[...]` comments that are no code, no beginning of codes and no
name of a rule, brackets that are never closed or empty, codes without brackets, and a
misspelt `ignore`.

Why
---
Nothing is ignored by such a word, though whoever wrote it counts on that.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpu = 2  # xlcfg: ignore[XL1O1] read by our own tools

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpu = 2  # xlcfg: ignore[XL101] read by our own tools
"""

CODE = "IG002"
NAME = "unknown-code-in-ignore"
SUMMARY = "a comment names a code that does not exist, and ignores nothing by it"
SEVERITY = "warning"
FIX = ""
