"""A number of vCPUs that no domain can have.

What it does
------------
Reports `cpus` of 0, of more than 128 (8 on 32-bit Arm), and one that is a string.

Why
---
The hypervisor refuses to create the domain (a debug build says `No vCPUS`) and panics: `Error
creating domain domU1 (rc = -22)` (without the number before 4.18). A short string is not read at
all: `Missing property 'cpus' for domain domU1`.

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
                cpus = <0>;
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

CODE = "DT109"
NAME = "vcpu-count"
SUMMARY = "no domain can have so many vCPUs"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None:
        return
    found = guest.origin.node.properties.get("cpus")
    if found is None:
        return
    most = 8 if guest.target.arch == "arm32" else 128
    cells = found.cells()
    if cells is None:
        if not found.strings():
            return
        problem, said = "`cpus` is a string", "Missing property 'cpus'"
    elif not cells or cells[0] is None or 1 <= cells[0] <= most:
        return
    else:
        problem = f"no domain can have {cells[0]} vCPUs"
        said = f"Error creating domain {guest.origin.node.name}"
    yield Diagnostic(
        CODE,
        ERROR,
        f"Xen panics: {problem} (`{said}`)",
        start=found.start,
        end=found.end,
        help=f"write a number from 1 to {most}, as in cpus = <1>",
    )
