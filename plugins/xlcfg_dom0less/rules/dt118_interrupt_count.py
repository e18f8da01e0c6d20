"""Numbers of interrupts that no domain can have.

What it does
------------
Reports `nr_spis` above 960 (5088 from Xen 4.21), and from 4.20 on `nr_spis = <0>` beside `vpl011`.

Why
---
The virtual interrupt controller has no more shared interrupts, and the virtual UART needs one. Xen
panics: "Error creating domain", "Could not set up domain".

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
                nr_spis = <961>;
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
                nr_spis = <960>;
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
from xlcfg_dom0less.domain import since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT118"
NAME = "interrupt-count"
SUMMARY = "no domain can have so many interrupts, or so few"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")

MOST = 960
#: with the extended interrupts of GICv3
MOST_EXTENDED = 5088


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None:
        return
    node = guest.origin.node
    found = node.properties.get("nr_spis")
    count = None if found is None else found.first()
    if found is None or count is None:
        return
    most = MOST_EXTENDED if since(guest, "4.21") else MOST
    problem = ""
    if count > most:
        problem = f"no domain can have {count} interrupts (`Error creating domain {node.name}`)"
    elif count == 0 and "vpl011" in node.properties and since(guest, "4.20"):
        problem = f"`vpl011` needs an interrupt (`Could not set up domain {node.name}`)"
    if problem:
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: {problem}",
            start=found.start,
            end=found.end,
            help=f"write a number from 1 to {most}, or remove nr_spis",
        )
