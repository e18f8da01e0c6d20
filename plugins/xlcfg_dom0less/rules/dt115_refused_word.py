"""A word or number that Xen panics over.

What it does
------------
Reports `xen,sci_type` and `v8r_el1_msa` with a word that is none of theirs, `v8r_el1_msa = "mpu"`
without static memory and `direct-map`, and `trap-unmapped-accesses` other than 0 and 1.

Why
---
The hypervisor says `xen,sci_type in not valid (scmi) for domain domU1` and panics: `Error getting
SCI configuration`. For the memory system: `v8r_el1_msa value '...' not valid for domain ...` or
`v8r_el1_msa not supported on this build`, then `Error getting v8r_el1_msa configuration`. For the
third: `trap-unmapped-accesses: supported values are 0 or 1`.

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
                xen,sci_type = "scmi";
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
                xen,sci_type = "scmi_smc";
                module@a000000 {
                    compatible = "multiboot,kernel", "multiboot,module";
                    reg = <0xa000000 0xffffff>;
                };
            };
        };
    };
"""

from __future__ import annotations

from xlcfg.catalogue import alive
from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg_dom0less.domain import known_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT115"
NAME = "refused-word"
SUMMARY = "Xen knows no such value and stops"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property."""
    if guest.origin is None:
        return
    properties = guest.origin.node.properties
    for known, found in known_properties(guest):
        name = known["name"]
        if name not in PANICS or not alive(known["runs"], guest.target.release):
            continue
        words = PANICS[name]
        value = str(found.strings()[0]) if found.strings() else ""
        problem, cure = "", f"write one of {', '.join(words)}"
        if name == "trap-unmapped-accesses":
            if (found.first() or 0) > 1:
                problem = "trap-unmapped-accesses: supported values are 0 or 1"
        elif value not in words:
            problem = f"{name} value '{value}' not valid"
        elif value == "mpu" and not {"xen,static-mem", "direct-map"} <= properties.keys():
            if guest.origin.whole:
                problem = "v8r_el1_msa=mpu requires static-mem and direct-map"
                cure = "add xen,static-mem and direct-map"
        if problem:
            yield Diagnostic(
                CODE,
                ERROR,
                f"Xen panics: {problem} for domain {guest.origin.node.name}",
                start=found.start,
                end=found.end,
                help=cure,
            )


#: The values that each has.
PANICS = {
    "xen,sci_type": ("none", "scmi_smc"),
    "v8r_el1_msa": ("mpu", "mmu"),
    "trap-unmapped-accesses": ("0", "1"),
}
