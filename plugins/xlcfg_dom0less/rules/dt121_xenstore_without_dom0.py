"""Xenstore without a dom0.

What it does
------------
Reports `xen,enhanced` in whole trees without a kernel for dom0, for Xen 4.17 to 4.20.

Why
---
Xenstore runs in dom0. Xen panics: "At the moment, Xenstore support requires dom0 to be present".

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
                xen,enhanced;
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
                xen,enhanced = "no-xenstore";
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
from xlcfg_dom0less.domain import has_dom0, since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT121"
NAME = "xenstore-without-dom0"
SUMMARY = "xenstore needs a dom0, and the tree has none"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("dom0less",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the property."""
    if guest.origin is None or not guest.origin.whole or has_dom0(guest.origin):
        return
    if guest.origin.tree.script:
        return  # the tree that the script adds to may have one
    if not since(guest, "4.17") or since(guest, "4.21"):
        return
    found = guest.origin.node.properties.get("xen,enhanced")
    if found is not None and (not found.parts or "enabled" in map(str, found.strings())):
        yield Diagnostic(
            CODE,
            ERROR,
            "Xen panics: At the moment, Xenstore support requires dom0 to be present",
            start=found.start,
            end=found.end,
            help='write "no-xenstore", or give /chosen a kernel for dom0',
        )
