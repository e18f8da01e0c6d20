"""Static memory that is not as much as the domain has.

What it does
------------
Reports `xen,static-mem` whose sizes do not add up to `memory`. Xen from 4.17 on reads it by the
`#address-cells` and `#size-cells` of /chosen; 4.16 by `#xen,static-mem-address-cells` and
`#xen,static-mem-size-cells` of the domain, which it needs.

Why
---
The hypervisor says `Size of "memory" property doesn't match up with the sum-up of
"xen,static-mem".` and panics: `Failed to allocate requested static memory for domain d1.` (`Failed
to assign ...` with `direct-map`). 4.16 without the cells: `failed to read
"#xen,static-mem-address-cells".`

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
                xen,static-mem = <0x30000000 0x4000000>;
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
                xen,static-mem = <0x30000000 0x8000000>;
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
from xlcfg_dom0less.domain import since, static_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT114"
NAME = "static-memory-sum"
SUMMARY = "static memory and memory differ"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or not guest.origin.whole or not since(guest, "4.16"):
        return
    properties = guest.origin.node.properties
    found, memory = properties.get("xen,static-mem"), properties.get("memory")
    cells = None if found is None else found.cells()
    size = None if memory is None else memory.cells()
    if found is None or cells is None or not size or len(size) < 2:
        return
    widths = static_cells(guest.origin, not since(guest, "4.17"))
    if widths is None:
        return
    problem = ""
    if 0 in widths:
        problem = 'failed to read "#xen,static-mem-address-cells" or "#xen,static-mem-size-cells"'
    elif None not in cells and None not in size:
        wide, long = widths
        total = sum(
            sum((cell or 0) << 32 * (long - 1 - i) for i, cell in enumerate(cells[at : at + long]))
            for at in range(wide, len(cells) - long + 1, wide + long)
        )
        wanted = ((size[0] or 0) << 32 | (size[1] or 0)) << 10
        if total != wanted:
            problem = (
                f'"memory" ({wanted:#x} bytes) doesn\'t match up with the sum-up of '
                f'"xen,static-mem" ({total:#x} bytes)'
            )
    if problem:
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: {problem}",
            start=found.start,
            end=found.end,
            help="make memory, in KiB, the sum of the sizes",
        )
