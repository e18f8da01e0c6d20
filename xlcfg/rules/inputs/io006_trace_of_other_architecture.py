"""A trace that does not fit the architecture of the run.

What it does
------------
Reports `xlcfg check --trace` with a trace whose guest has another architecture than `--arch`
says.

Why
---
The policy that was resolved is that of the run's architecture, and the defaults differ: the
replay answers a question nobody asked.

Example
-------
    xlcfg check web01.cfg --trace linux-arm64.jsonl.gz

Fix
---
    xlcfg check web01.cfg --arch arm64 --trace linux-arm64.jsonl.gz
"""

from __future__ import annotations

CODE = "IO006"
NAME = "trace-of-other-architecture"
SUMMARY = "a trace was recorded on another architecture than the run is about"
SEVERITY = "warning"
FIX = ""
