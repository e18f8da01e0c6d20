"""No memory for the page tables of a domain.

What it does
------------
Reports `xen,domain-p2m-mem-mb = <0>` from Xen 4.17 on.

Why
---
The memory of the domain cannot be mapped, and Xen panics: "Failed to allocate requested domain
memory".

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
                xen,domain-p2m-mem-mb = <0>;
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
                xen,domain-p2m-mem-mb = <1>;
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

CODE = "DT120"
NAME = "no-page-table-memory"
SUMMARY = "the domain has no memory for its page tables"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or not since(guest, "4.17"):
        return
    found = guest.origin.node.properties.get("xen,domain-p2m-mem-mb")
    if found is not None and found.first() == 0:
        yield Diagnostic(
            CODE,
            ERROR,
            "Xen panics: the domain has no memory for its page tables "
            "(`Failed to allocate requested domain memory`)",
            start=found.start,
            end=found.end,
            help="remove the property: Xen reserves enough by itself",
        )
