"""A domain node without a kernel that Xen finds.

What it does
------------
Reports domain nodes of whole trees where no node below is compatible with both `multiboot,kernel`
and `multiboot,module`, for example because one of the words is misspelt.

Why
---
The hypervisor looks through its boot modules for the kernel of the domain and panics, dom0 and all
other guests included: `Missing kernel boot module?`, then `Could not set up domain domU1 (rc = -2)`
(without the number before 4.18).

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
                    compatible = "multiboot,kernal", "multiboot,module";
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
from xlcfg_dom0less.domain import MODULE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT107"
NAME = "missing-kernel"
SUMMARY = "no module of the domain is a kernel"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the name of the node or at the `compatible` of its only candidate."""
    if guest.origin is None or not guest.origin.whole:
        return
    node = guest.origin.node
    modules = [n for n in node.children.values() if "compatible" in n.properties]
    if any(
        "multiboot,kernel" in words and not MODULE.isdisjoint(words)
        for words in (module.strings("compatible") for module in modules)
    ):
        return
    start, end = node.start, node.name_end
    for module in modules:
        words = module.strings("compatible")
        if not MODULE.isdisjoint(words) and len(words) > 1 and OTHERS.isdisjoint(words):
            found = module.properties["compatible"]
            start, end = found.start, found.end
    yield Diagnostic(
        CODE,
        ERROR,
        f"Xen panics: {node.name} has no kernel (`Missing kernel boot module?`)",
        start=start,
        end=end,
        help='write compatible = "multiboot,kernel", "multiboot,module" for its kernel',
    )


#: What a module can be beside a kernel.
OTHERS = frozenset(("multiboot,ramdisk", "multiboot,device-tree"))
