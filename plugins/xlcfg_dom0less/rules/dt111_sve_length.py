"""A length of SVE vectors that no processor has.

What it does
------------
Reports `sve` with a number of bits that is no multiple of 128, or above 2048; on 32-bit Arm any.

Why
---
The hypervisor panics: `SVE vector length error`, for a multiple of 128 above what the processor has
`Error creating domain domU1 (rc = -22)`, and where it is built without SVE for any length `'sve'
property found, but CONFIG_ARM64_SVE not selected`.

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
                sve = <100>;
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
                sve = <128>;
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

CODE = "DT111"
NAME = "sve-length"
SUMMARY = "no vector has this length"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or not since(guest, "4.18") or guest.target.arch == "riscv64":
        return
    node = guest.origin.node
    found = node.properties.get("sve")
    if found is None:
        return
    value = found.first()
    if guest.target.arch == "arm32":
        said = "'sve' property found, but CONFIG_ARM64_SVE not selected"
    elif value is None or value >= 1 << 31:
        return  # the longest that the processor has
    elif value % 128:
        said = "SVE vector length error"
    elif value // 128 % 256 > 16:
        said = f"Error creating domain {node.name}"
    else:
        return
    yield Diagnostic(
        CODE,
        ERROR,
        f"Xen panics: {said}",
        start=found.start,
        end=found.end,
        help="write a multiple of 128 up to 2048, or sve; for the longest there is",
    )
