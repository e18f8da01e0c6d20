"""More vCPUs than the device tree of the domain has room for.

What it does
------------
Reports domains with more than 33 vCPUs for Xen 4.17 to 4.20 on arm64.

Why
---
Xen writes a device tree for the domain, with a node for each vCPU, into 4 KiB. It does not fit, and
Xen panics: "Device tree generation failed (-3)", "Could not set up domain".

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
                cpus = <34>;
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
                cpus = <33>;
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

CODE = "DT117"
NAME = "vcpus-without-room"
SUMMARY = "the device tree of the domain has no room for so many vCPUs"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")

#: vCPUs that the device tree of a domain without anything else has room for, as seen
ROOM = 33
#: more are refused for another reason (DT109)
ALLOWED = 128


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or guest.target.arch != "arm64":
        return
    if not since(guest, "4.17") or since(guest, "4.21"):
        return
    found = guest.origin.node.properties.get("cpus")
    count = None if found is None else found.first()
    if found is not None and count is not None and ROOM < count <= ALLOWED:
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: a device tree of 4 KiB has no room for {count} vCPUs "
            "(`Device tree generation failed (-3)`)",
            start=found.start,
            end=found.end,
            help=f"write a number from 1 to {ROOM}",
        )
