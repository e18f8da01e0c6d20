"""A word that Xen does not know as the value of a property.

What it does
------------
Reports `xen,enhanced`, `passthrough` and the like with a word that is none of theirs.

Why
---
Xen compares with the words it knows and takes none of them: the guest goes without the feature, and
nothing is said.

Example
-------
    /dts-v1/;
    / {
        chosen {
            domU1 {
                compatible = "xen,domain";
                memory = <0 0x20000>;
                cpus = <1>;
                xen,enhanced = "yes";
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

from xlcfg.catalogue import alive
from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg_dom0less.domain import known_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "DT104"
NAME = "value-without-effect"
SUMMARY = "Xen does not know the word and goes on without"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("dom0less",)

#: Properties that other rules look at: Xen panics over their words.
_ELSEWHERE = ("compatible", "xen,sci_type", "v8r_el1_msa")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per property, at its value."""
    release = guest.target.release
    for known, found in known_properties(guest):
        if "values" not in known or known["name"] in _ELSEWHERE:
            continue
        words = [
            v if isinstance(v, str) else v["value"]
            for v in known["values"]
            if isinstance(v, str) or alive(v["runs"], release)
        ]
        texts = [str(text) for text in found.strings()]
        if not texts or texts[0] in words or not alive(known["runs"], release):
            continue
        yield Diagnostic(
            CODE,
            WARNING,
            f"Xen {release} does not know `{texts[0]}` for `{found.name}`",
            start=found.parts[0].start,
            end=found.end,
            help=f"write one of {', '.join(words)}",
        )
