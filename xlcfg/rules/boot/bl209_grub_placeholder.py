"""The word that GRUB's scripts put in front of every line.

What it does
------------
Notes a `placeholder` at the beginning of a line for a Xen that does not know the word.

Why
---
`grub-mkconfig` writes it in front of the options, as older versions of GRUB lost the first word.
Xen on x86 takes it silently from 4.12 on; others print that it is unknown, and nothing else comes
of it.

Example
-------
    # xlcfg: --arch arm64
    placeholder dom0_mem=1024M

Fix
---
    # xlcfg: --arch x86_64
    placeholder dom0_mem=1024M
"""

CODE = "BL209"
NAME = "grub-placeholder"
SUMMARY = "this Xen does not know the word that GRUB's scripts write first"
SEVERITY = "info"
FIX = ""
KINDS = {
    "boot.placeholder": (
        '"placeholder" is what grub-mkconfig writes first, and means nothing; {says}',
        "leave it: it is harmless, and comes back with the next update-grub",
    ),
}
