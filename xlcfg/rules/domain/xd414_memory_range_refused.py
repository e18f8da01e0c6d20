"""A range of memory of the machine that no guest can get, or not where it is to be.

What it does
------------
Reports entries of `iomem` without frames, with frames that no machine has, or with that of the
local APIC, fee00. For HVM and PVH guests also those that are mapped where the guest has its console
page (fefff) or its video memory, over another entry, or where no guest has anything.

Why
---
Xen refuses the first, and libxl says "failed give domain access to iomem range". Of the others it
says "failed to map to domain iomem range" or "console tty: timed out", or QEMU, the device model:
"xen: failed to populate ram at 3800000": right behind the memory of the guest it puts the video
memory and the program of the card. Without an `@` frames have the same numbers in the guest and in
the machine. xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    memory = 1024
    iomem = [ "fed40,5@3f800" ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 1024
    iomem = [ "fed40,5" ]
"""

CODE = "XD414"
NAME = "memory-range-refused"
SUMMARY = "a range of the machine's memory cannot be given to the guest"
SEVERITY = "error"
FIX = ""
KINDS = {
    "iomem.empty": (
        "`{text}` has no frames: Xen refuses it",
        "write how many frames of 4 KiB there are, in hexadecimal digits, as in a0,20",
    ),
    "iomem.beyond": (
        "`{text}` reaches beyond what any processor can address: Xen refuses it",
        "write numbers of frames, which are addresses without their last three digits",
    ),
    "iomem.apic": (
        "`{text}` has the frame of the local APIC, fee00, which nobody may have: Xen refuses it",
        "leave frame fee00 out",
    ),
    "iomem.guest-beyond": (
        "`{text}` reaches beyond the last frame of a guest, fffffffff: Xen refuses it",
        "write the number of a frame behind the @: an address without its last three digits",
    ),
    "iomem.twice": (
        "`{text}` is to be where another entry is, in frame {frame}: Xen refuses it",
        "give each entry frames of its own behind the @",
    ),
    "iomem.console": (
        "`{text}` takes the place of the guest's console page, fefff, for which libxl waits",
        "write other frames behind the @",
    ),
    "iomem.video": (
        "`{text}` is where the device model puts the video memory, frames {first} to {last}",
        "write other frames behind the @",
    ),
}
