"""A kernel of no size.

What it does
------------
Reports kernels whose `reg` gives them a size of 0.

Why
---
Xen takes no notice of a module without a size, and panics: "Missing kernel boot module?".

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
                module@a000000 {
                    compatible = "multiboot,kernel", "multiboot,module";
                    reg = <0xa000000 0>;
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
from xlcfg_dom0less.domain import MODULE, nodes, reg_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.source.devicetree import Node
    from xlcfg_dom0less.domain import Origin

CODE = "DT122"
NAME = "empty-kernel"
SUMMARY = "the kernel of the domain has no size"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def first_at(origin: Origin, address: list[int | None]) -> Node | None:
    """The first module of the tree at this address: Xen takes its size for all of them."""
    for node in nodes(origin).values():
        if not MODULE.isdisjoint(node.strings("compatible")):
            found = node.properties.get("reg")
            cells = None if found is None else found.cells()
            if cells and cells[: len(address)] == address:
                return node
    return None


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per kernel, at its `reg`."""
    if guest.origin is None or not guest.origin.whole:
        return
    widths = reg_cells(guest.origin)
    if widths is None:
        return
    wide, long = widths
    for module in guest.origin.node.children.values():
        words = module.strings("compatible")
        if "multiboot,kernel" not in words or MODULE.isdisjoint(words):
            continue
        found = module.properties.get("reg")
        cells = None if found is None else found.cells()
        if found is None or cells is None or len(cells) < wide + long:
            continue
        if any(cell != 0 for cell in cells[wide : wide + long]):
            continue
        first = first_at(guest.origin, cells[:wide])
        if first is None or first is not module:
            continue
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: {module.name} has no size (`Missing kernel boot module?`)",
            start=found.start,
            end=found.end,
            help="write reg = <ADDRESS SIZE> of where the boot loader puts the file",
        )
