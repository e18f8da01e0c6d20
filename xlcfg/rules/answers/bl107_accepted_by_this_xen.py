"""A parameter that the Xen of a log took, though its release reports it.

What it does
------------
Notes words of the command line in a log that Xen of this release has no use for, where that Xen
printed nothing of them although it reports another word further on.

Why
---
Xen reports parameters in their order, so what is missing before a message was never printed. That
Xen has a patch, or calls itself otherwise than it is.

Example
-------
    # xlcfg: --kind xen-log
    (XEN) parameter "tpyo" unknown!
    (XEN) Xen version 4.17.3 (root@host) (gcc) debug=n
    (XEN) Command line: vendor_option=1 tpyo=1

Fix
---
    # xlcfg: --kind xen-log
    (XEN) parameter "vendor_option" unknown!
    (XEN) parameter "tpyo" unknown!
    (XEN) Xen version 4.17.3 (root@host) (gcc) debug=n
    (XEN) Command line: vendor_option=1 tpyo=1
"""

from __future__ import annotations

CODE = "BL107"
NAME = "accepted-by-this-xen"
SUMMARY = "the Xen of a log took a word that its release reports"
SEVERITY = "info"
FIX = ""
