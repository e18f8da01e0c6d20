"""A runstate policy with more than one value.

What it does
------------
Reports a `xen,runstate-translation` that holds more than one string or cell.

Why
---
A guest has one policy. The first value counts, and nothing reads the others.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0 0x20000>;
                cpus = <1>;
                xen,runstate-translation = "update", "hypercall";
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
                xen,runstate-translation = "update";
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
from xlcfg_dom0less.domain import POLICY as PROPERTY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT116"
NAME = "several-policies"
SUMMARY = "a runstate policy has more than one value"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("dom0less",)
#: shown by `xlcfg policy` too
POLICY = True


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the property."""
    found = guest.origin.node.properties.get(PROPERTY) if guest.origin is not None else None
    if found is None or max(len(found.strings()), len(found.cells() or ())) < 2:
        return
    yield Diagnostic(
        CODE,
        WARNING,
        f"`{PROPERTY}` has more than one value, and the first counts",
        start=found.start,
        end=found.end,
        help="keep one value",
    )
