"""A property of a domain node that Xen never reads.

What it does
------------
Reports such properties, with the name that was probably meant, and those that Xen reads on another
architecture, as `vpl011` on Arm and `mmu-type` on RISC-V.

Why
---
Xen ignores it without a word. Some names were in patches that were changed before they went in.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0 0x20000>;
                cpus = <1>;
                colors = "4-8";
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
                vpl011;
                module@a000000 {
                    compatible = "multiboot,kernel", "multiboot,module";
                    reg = <0xa000000 0xffffff>;
                };
            };
        };
    };
"""

from __future__ import annotations

from xlcfg.catalogue import dom0less_properties
from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg_dom0less.domain import POLICY, reads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT102"
NAME = "unknown-property"
SUMMARY = "Xen does not read a property of the domain"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("dom0less",)


#: Names from patches and drafts that did not go in as they were.
ONCE = {"colors": "llc-colors", "domid": "", "functions": "", "mpu": ""}
#: Not Xen's, and rightly there.
_OTHERS = frozenset((POLICY, "phandle", "linux,phandle", "status", "name"))


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property."""
    if guest.origin is None:
        return
    properties = {p["name"]: p for p in dom0less_properties("xen,domain")}
    known = {name for name, p in properties.items() if reads(guest, p)}
    for name, found in guest.origin.node.properties.items():
        if name in known or name in _OTHERS:
            continue
        if name in properties:
            yield Diagnostic(
                CODE,
                WARNING,
                f"Xen on {guest.target.arch} does not read `{name}` of a domain",
                start=found.start,
                end=found.name_end,
                help="remove it, or name the machine with --arch",
            )
            continue
        yield Diagnostic(
            CODE,
            WARNING,
            f"Xen does not read `{name}` of a domain",
            start=found.start,
            end=found.name_end,
            help=_help(name, known),
        )


def _help(name: str, known: set[str]) -> str:
    from xlcfg.core.meant import closest

    meant = ONCE.get(name)
    if meant is None:
        meant = closest(name[:48], sorted(known), 0.75)
    return f"write `{meant}`" if meant else "remove it"
