"""A vCPU node for a vCPU that the domain does not have.

What it does
------------
Reports nodes compatible with `xen,vcpu` whose `id` is missing or not below `cpus`.

Why
---
The hypervisor panics from Xen 4.21 on: `Invalid vcpu_id 1 for domain domU1, max_vcpus=1`, or
without an `id` `Invalid xen,vcpu node for domain domU1`. Earlier ones do not read the nodes.

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
                vcpu@1 { compatible = "xen,vcpu"; id = <1>; hard-affinity = "1"; };
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
                vcpu@0 { compatible = "xen,vcpu"; id = <0>; hard-affinity = "1"; };
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

CODE = "DT113"
NAME = "vcpu-node"
SUMMARY = "a node is about a vCPU that is not there"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per node, at its name or its `id`."""
    if guest.origin is None or not since(guest, "4.21"):
        return
    node = guest.origin.node
    cpus = node.properties.get("cpus")
    count = None if cpus is None else cpus.first()
    for child in node.children.values():
        if "xen,vcpu" not in child.strings("compatible"):
            continue
        found = child.properties.get("id")
        if found is None:
            if guest.origin.whole:
                yield Diagnostic(
                    CODE,
                    ERROR,
                    f"Xen panics: Invalid xen,vcpu node for domain {node.name}",
                    start=child.start,
                    end=child.name_end,
                    help="write id = <NUMBER>, from 0 on",
                )
            continue
        number = found.first()
        if number is None or not count or number < count:
            continue
        yield Diagnostic(
            CODE,
            ERROR,
            f"Xen panics: Invalid vcpu_id {number} for domain {node.name}, max_vcpus={count}",
            start=found.start,
            end=found.end,
            help=f"write a number from 0 to {count - 1}, or raise cpus",
        )
