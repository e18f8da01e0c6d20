"""A word or number that Xen panics over.

What it does
------------
Reports `xen,sci_type` and `v8r_el1_msa` with a word that is none of theirs, `v8r_el1_msa = "mpu"`
without static memory and `direct-map`, and `trap-unmapped-accesses` other than 0 and 1. On RISC-V
it reports an `mmu-type` that is none of Sv39, Sv48 and Sv57, and guests whose types differ.

Why
---
The hypervisor says `xen,sci_type in not valid (scmi) for domain domU1` and panics: `Error getting
SCI configuration`. For the memory system: `v8r_el1_msa value '...' not valid for domain ...` or
`v8r_el1_msa not supported on this build`, then `Error getting v8r_el1_msa configuration`. For the
third: `trap-unmapped-accesses: supported values are 0 or 1`. For `mmu-type` it is `Malformed DTB:
Invalid domain domU1`, and `Error creating domain domU1 (rc = -22)` for tables that it does not have
or that an earlier guest does not use; a debug build says why, as in `Bare mode isn't supported by
Xen`.

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
from xlcfg.source.found import HOLE
from xlcfg_dom0less.domain import domains, known_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.source.devicetree import Property

CODE = "DT115"
NAME = "refused-word"
SUMMARY = "Xen knows no such value and stops"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property."""
    if guest.origin is None:
        return
    properties = guest.origin.node.properties
    for known, found in known_properties(guest):
        name = known["name"]
        if name == "mmu-type" and alive(known["runs"], guest.target.release):
            yield from _mmu_type(guest, found)
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


def _mmu_type(guest: Guest, found: Property) -> Iterator[Diagnostic]:
    """What Xen on RISC-V says of the tables that a guest asks for."""
    texts = [str(text).lower() for text in found.strings()]
    if not texts or HOLE in texts[0]:
        return  # it takes the largest that the processor has
    path, node = guest.origin.path, guest.origin.node
    first = texts[0]
    for other, earlier in domains(guest.origin.tree):
        words = [word.lower() for word in earlier.strings("mmu-type")]
        if other == path or (words[:1] and words[0] in MMU_TYPES):
            first = words[0] if words else first
            break
    digits = texts[0].removeprefix("riscv,sv")
    if texts[0] == "riscv,none":
        problem, said = (
            "Bare mode isn't supported by Xen",
            f"Malformed DTB: Invalid domain {node.name}",
        )
    elif digits == texts[0] or not (digits.isascii() and digits.isdecimal()):
        problem, said = (
            f'mmu-type value "{texts[0]}" is incorrect',
            f"Malformed DTB: Invalid domain {node.name}",
        )
    elif texts[0] not in MMU_TYPES:
        problem, said = f"no tables are like {texts[0]}", f"Error creating domain {node.name}"
    elif first != texts[0]:
        problem, said = (
            f"an earlier guest has {first}, and all must have the same",
            f"Error creating domain {node.name}",
        )
    else:
        return
    yield Diagnostic(
        CODE,
        ERROR,
        f"Xen panics: {problem} (`{said}`)",
        start=found.start,
        end=found.end,
        help=f"write {first if first in MMU_TYPES else ', '.join(MMU_TYPES)}, or remove it",
    )


#: The tables that Xen on RISC-V makes for guests; it compares without regard to case.
MMU_TYPES = ("riscv,sv39", "riscv,sv48", "riscv,sv57")

#: The values that each has.
PANICS = {
    "xen,sci_type": ("none", "scmi_smc"),
    "v8r_el1_msa": ("mpu", "mmu"),
    "trap-unmapped-accesses": ("0", "1"),
}
