"""A boot module without a place in memory.

What it does
------------
Reports modules of whole trees that have no `reg`, or one with fewer cells than an address and a
size take. A module with `xen,uefi-binary` gets its `reg` when Xen loads the file.

Why
---
The hypervisor panics while it reads the tree, before it has a console: ``node module@a000000
missing `reg' property`` or ``fdt: node `module@a000000': `reg` property length is too short``.

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
from xlcfg_dom0less.domain import MODULE, reg_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT108"
NAME = "module-without-reg"
SUMMARY = "a boot module does not say where it lies"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per module, at its name or its `reg`."""
    if guest.origin is None or not guest.origin.whole:
        return
    least = reg_cells(guest.origin)
    for module in guest.origin.node.children.values():
        if MODULE.isdisjoint(module.strings("compatible")):
            continue
        if "xen,uefi-binary" in module.properties:
            continue
        found = module.properties.get("reg")
        if found is None:
            problem, start, end = "missing `reg' property", module.start, module.name_end
        else:
            cells = found.cells()
            if cells is None or least is None or len(cells) >= sum(least):
                continue
            problem, start, end = "`reg` property length is too short", found.start, found.end
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: node {module.name}: {problem}",
            start=start,
            end=end,
            help="write reg = <ADDRESS SIZE> of where the boot loader puts the file",
        )
