"""Two runstate policies in one record.

What it does
------------
Reports a record whose `platform` and `other-config`, or two spellings of the key in one of them,
ask for different policies.

Why
---
A guest has one policy. `platform` goes before `other-config`, and `runstate_translation` before
`runstate-translation`; whoever wrote the other meant something else.

Example
-------
    uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f
                name-label ( RW): web
                  platform (MRW): runstate_translation: update
              other-config (MRW): runstate_translation: hypercall

Fix
---
    uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f
                name-label ( RW): web
                  platform (MRW): runstate_translation: update
              other-config (MRW):
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.policy import parse_guest_value
from xlcfg_xapi.vm import POLICY_KEYS, POLICY_MAPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XA102"
NAME = "record-policies-differ"
SUMMARY = "a record asks for different runstate policies"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("xapi",)
#: shown by `xlcfg policy` too
POLICY = True


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per value that differs from the one that counts, at the value."""
    if guest.origin is None:
        return
    maps = guest.origin.maps
    there = [
        (f"`{key}` of `{where.replace('_', '-')}`", maps[where][key])
        for where in POLICY_MAPS
        for key in POLICY_KEYS
        if key in maps.get(where, {})
    ]
    for name, found in there[1:]:
        first, counts = there[0]
        if _asked(found.text) != _asked(counts.text):
            yield Diagnostic(
                CODE,
                WARNING,
                f"{name} says `{found.text}`, and {first} `{counts.text}`, which counts",
                start=found.start,
                end=found.end,
                help="keep one of the two",
            )


def _asked(text: str) -> str:
    return parse_guest_value(text) or text
