"""A property that is on by being there, with the value 0.

What it does
------------
Reports flags such as `vpl011 = <0>`.

Why
---
Xen asks only whether the property is there: this turns it on.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0 0x20000>;
                cpus = <1>;
                vpl011 = <0>;
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

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg_dom0less.domain import known_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT105"
NAME = "flag-with-zero"
SUMMARY = "a flag is on although its value is 0"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property, at its value."""
    for known, found in known_properties(guest):
        if known["type"] != "empty" or found.cells() != [0]:
            continue
        yield Diagnostic(
            CODE,
            WARNING,
            f"`{found.name}` is on when it is there, whatever its value",
            start=found.start,
            end=found.end,
            help="remove it to turn it off",
        )
