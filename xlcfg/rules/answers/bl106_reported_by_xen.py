"""A message of Xen about a parameter that nothing else here explains.

What it does
------------
Reports the lines of a log in which Xen says that a parameter is unknown, or its value invalid,
where no other finding says the same of the command line in that log.

Why
---
Xen's own word counts. Its command line may be cut off at the beginning of the log, or be built into
Xen; or this Xen reads the parameter otherwise than its release does.

Example
-------
    # xlcfg: --kind xen-log
    (XEN) parameter "sched_smt" unknown!
    (XEN) Xen version 4.17.3 (root@host) (gcc) debug=n
    (XEN) Command line: dom0_mem=4G

Fix
---
    # xlcfg: --kind xen-log
    (XEN) Xen version 4.17.3 (root@host) (gcc) debug=n
    (XEN) Command line: dom0_mem=4G
"""

from __future__ import annotations

CODE = "BL106"
NAME = "reported-by-xen"
SUMMARY = "Xen reports a parameter in its log"
SEVERITY = "error"
FIX = ""
