"""Memory that no domain can do with.

What it does
------------
Reports domains with 4 MiB of memory or less, with memory that is no number of two cells, and with
more than the described host (`--host`) has.

Why
---
A kernel and the device tree find no place, and Xen panics: "Unable to find suitable location for
dtb+initrd", "cannot read "memory" property", "Device tree generation failed". `memory` is in KiB.

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
                memory = <0 0x200>;
                cpus = <1>;
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
                memory = <0 0x80000>;
                cpus = <1>;
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT119"
NAME = "memory-amount"
SUMMARY = "no domain can do with such memory"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)

#: in KiB; what the smallest kernel cannot do with
LEAST = 4096


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None:
        return
    found = guest.origin.node.properties.get("memory")
    if found is None:
        return
    cells, texts = found.cells(), found.strings()
    host = guest.target.host
    problem = ""
    if cells is None and texts:
        problem = "it is text, which is no size (`Could not set up domain`)"
    elif cells and len(cells) >= 2 and None not in cells[:2]:
        size = (cells[0] or 0) << 32 | (cells[1] or 0)
        if size <= LEAST:
            problem = f"{size} KiB are too little (`Could not set up domain`)"
        elif host is not None and 0 < host.memory_mb < size >> 10:
            problem = (
                f"{size >> 10} MiB are more than the {host.memory_mb} of the host "
                "(`Failed to allocate requested domain memory`)"
            )
    if problem:
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: {problem}",
            start=found.start,
            end=found.end,
            help="write the size in KiB, as in memory = <0 0x20000> for 128 MiB",
        )
