"""More vCPUs than the device tree of the domain has room for.

What it does
------------
Reports domains of Xen 4.12 to 4.21 on arm64 with more vCPUs than the device tree that Xen writes
for them has room for.

Why
---
This tree takes 4 KiB at most, and has a node for each vCPU. Where it does not fit, Xen panics:
"Device tree generation failed (-3)", "Could not set up domain". How many vCPUs there is room for,
about 33, depends on the rest of the tree: `vpl011` takes 154 bytes, `xen,enhanced` 156, a ramdisk
76 (before Xen 4.18 always), `bootargs` their length.

Each node repeats the `compatible` of the first processor of the host. Where the device tree does
not have it below /cpus, an error says that even the shortest, `arm,armv8`, does not fit; it is a
warning where one such as `arm,cortex-a53` does not. The kernel is taken to be a 64-bit one.

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
                cpus = <36>;
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

from xlcfg.core.diagnostics import ERROR, WARNING, Diagnostic
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

#: so many find room beside anything
FEW = 8
#: more are refused for another reason (DT109)
ALLOWED = 128


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or guest.target.arch != "arm64" or since(guest, "4.22"):
        return
    found = guest.origin.node.properties.get("cpus")
    count = None if found is None else found.first()
    if found is None or count is None or not FEW < count <= ALLOWED:
        return
    from xlcfg_dom0less.own_tree import SHORTEST, USUAL, OwnTree, grows, processor

    if grows(guest):
        return
    tree = OwnTree(guest)
    known = processor(guest)
    most, usual = tree.most(known or SHORTEST), tree.most(known or USUAL)
    if count > most:
        severity, where = ERROR, ""
    elif count > usual:
        severity, where = WARNING, " where the processors of the host are called `arm,cortex-a53`"
    else:
        return
    yield Diagnostic(
        CODE,
        severity,
        f"Xen panics{where}: a device tree of 4 KiB has no room for {count} vCPUs "
        "(`Device tree generation failed (-3)`)",
        start=found.start,
        end=found.end,
        help=f"write a number from 1 to {usual}",
    )
