"""A domain node without a property that Xen cannot do without.

What it does
------------
Reports domain nodes that have no `memory` of two cells, or no `cpus`. In an overlay or a piece of a
tree, which another file may complete, only what is there is looked at.

Why
---
Xen panics at boot: it needs both to build the guest. `memory` is a 64-bit number of KiB, high cell
first; a single cell is too short to be read.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0x20000>;
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
            domU1 {
                compatible = "xen,domain";
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

CODE = "DT101"
NAME = "missing-property"
SUMMARY = "Xen needs a property that the node does not have"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


#: How many cells each has at least.
NEEDED = {"cpus": 1, "memory": 2}


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property, at the node or at a value that is too short."""
    if guest.origin is None:
        return
    node = guest.origin.node
    for name, least in NEEDED.items():
        found = node.properties.get(name)
        cells = None if found is None else found.cells()
        if found is not None and (cells is None or len(cells) >= least):
            continue
        if found is None and not guest.origin.whole:
            continue  # another file may have it
        at = (node.start, node.name_end) if found is None else (found.start, found.end)
        short = found is not None
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: `{name}` of {node.name} {'is too short' if short else 'is missing'}",
            start=at[0],
            end=at[1],
            help="write memory = <0 SIZE>, in KiB" if name == "memory" else "write cpus = <1>",
        )
