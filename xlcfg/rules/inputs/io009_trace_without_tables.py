"""A recording from which only part of the answer can be had.

What it does
------------
Notes what a recording lacks (page tables, registrations), and what its replay therefore leaves
open.

Why
---
Logs of Xen or of Linux show when vCPUs were switched and what was registered, but not where
addresses led. Whether an update arrived cannot be told from that.

Example
-------
    xlcfg replay xentrace.bin

Fix
---
    xlcfg replay boot.jsonl.gz

with a boot trace that was recorded with page tables; `docs/plugins/recordings.md` says how.
"""

from __future__ import annotations

CODE = "IO009"
NAME = "trace-without-tables"
SUMMARY = "a recording does not hold what a replay needs"
SEVERITY = "info"
FIX = ""
