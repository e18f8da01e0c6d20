"""Boot lines that disagree about the runstate translation policy.

What it does
------------
Notes that the boot lines found among the inputs set `runstate-translation` differently, and
that none of them counts for the guests of the run.

Why
---
Which entry of a boot menu is booted is not in the file. A policy taken from the wrong one would
be wrong for every guest.

Example
-------
    xlcfg check /boot/grub/grub.cfg /etc/xen

where two menu entries have different values.

Fix
---
    xlcfg check /etc/xen --cmdline 'runstate-translation=update'
"""

from __future__ import annotations

CODE = "IO008"
NAME = "boot-lines-differ"
SUMMARY = "the boot lines of a host say different things about the policy"
SEVERITY = "info"
FIX = ""
