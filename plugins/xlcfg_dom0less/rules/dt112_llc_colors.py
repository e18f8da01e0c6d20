"""Cache colours where Xen does not colour, or beside static memory.

What it does
------------
Reports `llc-colors` where Xen's line in the same tree (or the one given) does not turn colouring
on, and `xen,static-mem` where it does. `llc-coloring=on` turns it on, and so do `llc-size` and
`llc-nr-ways` together.
Nothing is said where the tree has no line for Xen.

Why
---
The hypervisor panics: `'llc-colors' found, but LLC coloring is disabled`, or `LLC coloring and
static memory are incompatible`.

Example
-------
    /dts-v1/;
    / {
        chosen {
            #address-cells = <1>;
            #size-cells = <1>;
            xen,xen-bootargs = "console=dtuart";
            domU1 {
                compatible = "xen,domain";
                #address-cells = <1>;
                #size-cells = <1>;
                memory = <0 0x20000>;
                cpus = <1>;
                llc-colors = "0-3";
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
            xen,xen-bootargs = "console=dtuart llc-coloring=on";
            domU1 {
                compatible = "xen,domain";
                #address-cells = <1>;
                #size-cells = <1>;
                memory = <0 0x20000>;
                cpus = <1>;
                llc-colors = "0-3";
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

CODE = "DT112"
NAME = "llc-colors-disabled"
SUMMARY = "the colours need llc-coloring on the line of Xen"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or not since(guest, "4.20") or guest.target.arch != "arm64":
        return
    properties = guest.origin.node.properties
    colors, memory = properties.get("llc-colors"), properties.get("xen,static-mem")
    lines = boot_lines(guest)
    if not lines:
        return
    on = any(_on(line) for line in lines)
    if colors is not None and colors.strings() and not on:
        yield Diagnostic(
            CODE,
            ERROR,
            "Xen panics: 'llc-colors' found, but LLC coloring is disabled",
            start=colors.start,
            end=colors.end,
            help="add llc-coloring=on to xen,xen-bootargs, or remove llc-colors",
        )
    if memory is not None and on:
        yield Diagnostic(
            CODE,
            ERROR,
            "Xen panics: LLC coloring and static memory are incompatible",
            start=memory.start,
            end=memory.end,
            help="remove xen,static-mem, or llc-coloring from Xen's line",
        )


def _on(line: BootLine) -> bool:
    """Whether a line turns colouring on: by itself, or by both sizes where it says nothing."""
    state = line.value("llc-coloring")
    if state is None:
        return bool(line.value("llc-size") and line.value("llc-nr-ways"))
    return state is True
