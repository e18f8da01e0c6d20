"""A setting whose name xl does not know.

What it does
------------
Reports every setting that no release of xl reads, with the name that was probably meant.

Why
---
xl ignores such a line without a word: the guest starts, without what the line was meant to do.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpu = 2

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vcpus = 2
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.keys import unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest

CODE = "XL101"
NAME = "unknown-key"
SUMMARY = "xl does not know the name of a setting and ignores it"
SEVERITY = "warning"
FIX = "unsafe"
TOOLSTACKS = ("xl",)
#: names whose values mean something else under the right name
_OTHER_VALUES = ("me", "vnc_port", "vncport")
#: so many names per file are compared with all that xl knows; nobody means ten thousand of them
_COMPARED = 200


_UNKNOWN = "remove the line, or look for its name among the options of this release"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at its first setting."""
    unknown = {setting.name for setting, option in unusual(guest) if option is None}
    if not unknown:
        return
    seen: set[str] = set()
    for setting in guest.document.settings:
        name = setting.name
        if name in seen or name not in unknown:
            continue
        seen.add(name)
        yield Diagnostic(
            CODE,
            WARNING,
            f"xl does not know `{name}` and ignores it",
            start=setting.start,
            end=setting.name_end,
            help=_help(guest, name) if len(seen) <= _COMPARED else _UNKNOWN,
            fix=lambda name=name: _fix(guest, name),  # type: ignore[misc]
        )


def _help(guest: Guest, name: str) -> str:
    from xlcfg.catalogue import dialect_options, dialects, guest_mistake

    target = guest.target
    mistake = guest_mistake(name)
    if mistake is not None and mistake.advice:
        return str(mistake.advice)
    meant = target.catalogue.suggest_guest_key(name, target.release, target.arch)
    if meant is not None:
        return f"write `{meant}`"
    for dialect in dialects():
        if any(option.name == name for option in dialect_options(dialect)):
            return f"it belongs to {dialect}'s version of xl, not to Xen's: --dialect {dialect}"
    return _UNKNOWN


def _fix(guest: Guest, name: str) -> Fix | None:
    from xlcfg.catalogue import guest_mistake
    from xlcfg.rules.edits import rename

    mistake = guest_mistake(name)
    if mistake is not None and (mistake.kind != "typo" or name in _OTHER_VALUES):
        return None
    target = guest.target
    meant = target.catalogue.suggest_guest_key(name, target.release, target.arch)
    return rename(guest, name, meant) if meant is not None else None
