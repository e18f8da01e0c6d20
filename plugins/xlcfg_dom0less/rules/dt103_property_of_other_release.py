"""A property that Xen of the chosen release does not read.

What it does
------------
Reports properties of domain nodes that came with a later release.

Why
---
Xen ignores what it does not know, so the same tree makes different guests with two releases.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0 0x20000>;
                cpus = <1>;
                v8r_el1_msa = "mmu";
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

from xlcfg.catalogue import alive
from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg_dom0less.domain import known_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT103"
NAME = "property-of-other-release"
SUMMARY = "Xen of the chosen release does not read a property"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property."""
    release = guest.target.release
    for known, found in known_properties(guest):
        if alive(known["runs"], release):
            continue
        first = known["runs"][0][0]
        yield Diagnostic(
            CODE,
            WARNING,
            f"Xen {release} does not read `{found.name}` of a domain, which came with {first}",
            start=found.start,
            end=found.name_end,
            help=f"needs Xen {first} or later",
        )
