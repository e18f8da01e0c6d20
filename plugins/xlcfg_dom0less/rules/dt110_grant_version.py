"""A version or number of frames that no grant table has.

What it does
------------
Reports `max_grant_version` of 0 or above 2, of 2 unless `gnttab=max-ver:2` is on Xen's line, and
`max_grant_frames` of 0. Only the low four bits of the version count.
Version 2 is left alone where the tree has no line for Xen.

Why
---
The hypervisor refuses to create the domain and panics: `Error creating domain domU1 (rc = -22)`. A
debug build says before it `requested grant version (2) greater than supported (1)`, `invalid grant
table version 0 requested` or `Bad grant table size: 0 frames`. Xen on Arm has version 1 only,
unless it is told otherwise.

Example
-------
    /dts-v1/;
    / {
        chosen {
            #address-cells = <1>;
            #size-cells = <1>;
            domU1 {
                compatible = "xen,domain";
                #address-cells = <1>;
                #size-cells = <1>;
                memory = <0 0x20000>;
                cpus = <1>;
                max_grant_version = <3>;
                module@a000000 {
                    compatible = "multiboot,kernel", "multiboot,module";
                    reg = <0xa000000 0xffffff>;
                };
            };
        };
    };

Fix
---
    /dts-v1/;
    / {
        chosen {
            #address-cells = <1>;
            #size-cells = <1>;
            domU1 {
                compatible = "xen,domain";
                #address-cells = <1>;
                #size-cells = <1>;
                memory = <0 0x20000>;
                cpus = <1>;
                max_grant_version = <1>;
                module@a000000 {
                    compatible = "multiboot,kernel", "multiboot,module";
                    reg = <0xa000000 0xffffff>;
                };
            };
        };
    };
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg_dom0less.domain import boot_lines, since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.boot import BootLine
    from xlcfg.model.guest import Guest

CODE = "DT110"
NAME = "grant-version"
SUMMARY = "no grant table is like that"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")

#: The properties, and what to write instead.
CURES = {
    "max_grant_version": "write 1",
    "max_grant_frames": "write 1 or more, such as 64",
    "max_maptrack_frames": "write a smaller number, such as 1024",
}
#: from here on the size of the table in bytes overflows: Xen cannot allocate it on any machine
TOO_MANY = 1 << 29


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property."""
    if guest.origin is None or not since(guest, "4.18"):
        return
    node = guest.origin.node
    for name, cure in CURES.items():
        found = node.properties.get(name)
        value = None if found is None else found.first()
        if found is None or value is None or not _refused(guest, name, value):
            continue
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: `{name}` cannot be {value} (`Error creating domain {node.name}`)",
            start=found.start,
            end=found.end,
            help=cure,
        )


def _refused(guest: Guest, name: str, value: int) -> bool:
    """Whether Xen refuses the value."""
    if name != "max_grant_version":
        return TOO_MANY <= value < 1 << 31 or (value == 0 and name == "max_grant_frames")
    version = value & 15
    if version != 2:
        return version != 1
    lines = boot_lines(guest)
    return bool(lines) and not any(_most(line) == 2 for line in lines)


def _most(line: BootLine) -> int | None:
    """The highest version by Xen's line, None where it leaves that at the default."""
    most: int | None = None
    for word in line.given("gnttab"):
        for name, value in word.parts.items():
            if name in ("max-ver", "max_ver"):
                most = value
    return most
