"""A line for a kernel that is longer than Xen has room for.

What it does
------------
Reports `bootargs` of more than 1024 characters below a domain.

Why
---
Xen keeps the line of each module while it starts, and panics over a longer one: "module domU1
command line too long". That is before its console works, so that it hangs without a word.

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
                    reg = <0xa000000 0xffffff>;
                    bootargs = "console=ttyAMA0 root=/dev/xvda module_blacklist=
                        driver_of_the_board_00,driver_of_the_board_01,driver_of_the_board_02,
                        driver_of_the_board_03,driver_of_the_board_04,driver_of_the_board_05,
                        driver_of_the_board_06,driver_of_the_board_07,driver_of_the_board_08,
                        driver_of_the_board_09,driver_of_the_board_10,driver_of_the_board_11,
                        driver_of_the_board_12,driver_of_the_board_13,driver_of_the_board_14,
                        driver_of_the_board_15,driver_of_the_board_16,driver_of_the_board_17,
                        driver_of_the_board_18,driver_of_the_board_19,driver_of_the_board_20,
                        driver_of_the_board_21,driver_of_the_board_22,driver_of_the_board_23,
                        driver_of_the_board_24,driver_of_the_board_25,driver_of_the_board_26,
                        driver_of_the_board_27,driver_of_the_board_28,driver_of_the_board_29,
                        driver_of_the_board_30,driver_of_the_board_31,driver_of_the_board_32,
                        driver_of_the_board_33,driver_of_the_board_34,driver_of_the_board_35";
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
                    bootargs = "console=ttyAMA0 root=/dev/xvda";
                };
            };
        };
    };
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.source.found import HOLE
from xlcfg_dom0less.domain import MODULE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT123"
NAME = "line-too-long"
SUMMARY = "the line of a kernel is longer than Xen has room for"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")

#: characters without the NUL
LONGEST = 1024


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per module, at its `bootargs`."""
    if guest.origin is None:
        return
    for module in guest.origin.node.children.values():
        found = module.properties.get("bootargs")
        if found is None or MODULE.isdisjoint(module.strings("compatible")):
            continue
        texts = found.strings()
        length = len(str(texts[0]).replace(HOLE, "").encode()) if texts else 0
        if length > LONGEST:
            yield Diagnostic(
                CODE,
                ERROR,
                f"Xen panics: {length} characters are more than it has room for "
                f"(`module {guest.origin.node.name} command line too long`)",
                start=found.start,
                end=found.end,
                help=f"keep it to {LONGEST} characters",
            )
