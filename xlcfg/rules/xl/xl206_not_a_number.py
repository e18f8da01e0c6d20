"""A value that xl wants to be a number and cannot read as one.

What it does
------------
Reports values of number and yes-or-no settings that C's `strtol` does not take as a whole, that do
not fit 64 bits, or that were put together with `+=`.

Why
---
xl prints a warning at most, ignores the setting and exits 0: the guest starts with the default.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = "512M"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 512
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Outcome

CODE = "XL206"
NAME = "not-a-number"
SUMMARY = "xl cannot read a value as a number and ignores the setting"
SEVERITY = "warning"
FIX = "unsafe"
KINDS = {
    "number.not-a-number": (
        "`{text}` is no number: xl ignores `{key}`",
        "write a whole number without a unit, such as 512 or 0x200; yes and no are 1 and 0",
    ),
    "number.out-of-range": (
        "`{text}` does not fit 64 bits: xl ignores `{key}`",
        "write a smaller number",
    ),
    "number.plus": (
        "`+=` does not work for numbers: xl ignores `{key}`",
        "write the whole number in one line, with `=`",
    ),
    "number.silently-ignored": (
        "`{key}` is no number: xl ignores it without a word",
        "write a whole number",
    ),
}

_TRUTH = {"true": 1, "yes": 1, "on": 1, "false": 0, "no": 0, "off": 0}
_SIZE = r"[ \t]*([0-9]+)[ \t]*([kmgt])(?:i?b)?[ \t]*"
_KIB = {"k": 1, "m": 1024, "g": 1024**2, "t": 1024**3}
#: what their numbers count, in KiB
_IN_MIB = ("maxmem", "memory", "shadow_memory", "stubdomain_memory", "videoram", "mmio_hole",
           "rdm_mem_boundary")  # fmt: skip


def plain_number(guest: Guest, outcome: Outcome) -> Fix | None:
    """A word for a truth value, or a size with its unit: xl ignored the line, so it is unsafe."""
    from xlcfg.rules.xl._values import new_value, whole_setting

    setting = whole_setting(guest, outcome)
    if setting is None or setting.value.is_list:
        return None
    text = setting.value.text
    number = _TRUTH.get(text.lower())
    if number is None and outcome.key in _IN_MIB:
        size = re.fullmatch(_SIZE, text, re.IGNORECASE)
        kib = int(size[1]) * _KIB[size[2].lower()] if size and len(size[1]) < 13 else 1
        number = None if kib % 1024 else kib // 1024
    if number is None:
        return None
    title = f"write {number}, which xl reads: the line takes effect then"
    return new_value(guest, outcome, title, False, str(number))


#: the kinds that have a fix
FIXES = {
    "number.not-a-number": plain_number,
    "number.silently-ignored": plain_number,
}
