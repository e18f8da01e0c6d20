"""A file whose check used up its process.

What it does
------------
Reports a file that a worker process died over twice, or that there was not enough memory for.

Why
---
Nothing is known about the file then, and a run that does not say so would look clean.

Example
-------
    xlcfg check -j 8 /srv/guests       (with a file of a hundred million settings among them)

Fix
---
    xlcfg check -j 1 /srv/guests/that.cfg
"""

CODE = "IO010"
NAME = "worker-died"
SUMMARY = "the process that checked a file died over it"
SEVERITY = "error"
FIX = ""
