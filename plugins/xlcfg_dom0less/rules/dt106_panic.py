"""A combination or value that Xen panics over.

What it does
------------
Reports `direct-map` without `xen,static-mem`, unknown bits in `capabilities`, and grant limits that
do not fit an int.

Why
---
Xen does not boot, dom0 and all other guests included.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0 0x20000>;
                cpus = <1>;
                direct-map;
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
                xen,static-mem = <0x30000000 0x20000000>;
                direct-map;
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

CODE = "DT106"
NAME = "panic"
SUMMARY = "Xen panics over a property of the domain"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less", "imagebuilder")


_LIMITS = ("max_grant_frames", "max_maptrack_frames")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property."""
    if guest.origin is None:
        return
    properties, release = guest.origin.node.properties, guest.target.release
    for known, found in known_properties(guest):
        name = known["name"]
        if not alive(known["runs"], release):
            continue
        first = found.first()
        problem = help_text = ""
        if name == "direct-map" and "xen,static-mem" not in properties:
            problem, help_text = (
                "needs `xen,static-mem`",
                "add xen,static-mem, or remove direct-map",
            )
        elif (
            name == "capabilities"
            and first is not None
            and first & ~sum(int(bit, 16) for bit in known["bits"])
        ):
            names = ", ".join(f"{bit} ({what})" for bit, what in known["bits"].items())
            problem, help_text = f"has no bit for {first:#x}", f"add up {names}"
        elif name in _LIMITS and first is not None and first > 0x7FFFFFFF:
            problem, help_text = f"cannot be {first:#x}", "write a number below 0x80000000"
        if problem:
            yield Diagnostic(
                CODE,
                ERROR,
                f"Xen panics: `{name}` {problem}",
                start=found.start,
                end=found.end,
                help=help_text,
            )
