"""A `runstate-translation` on the boot line that is none of the accepted values.

What it does
------------
Reports a `runstate-translation` whose value names no policy. The parameter is a proposed one; where
a release is named, BL101 says that this release has none of the kind.

Why
---
As proposed the parameter would be reported as invalid and change nothing: the
architecture's default holds.

Example
-------
    runstate-translation=once

Fix
---
    runstate-translation=hypercall
"""

CODE = "RS003"
NAME = "bad-runstate-parameter"
SUMMARY = "runstate-translation names no policy"
SEVERITY = "error"
FIX = ""
#: shown by `xlcfg policy` too
POLICY = True
