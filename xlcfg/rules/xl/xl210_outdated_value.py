"""A value in a form that xl takes for old times' sake.

What it does
------------
Reports numbers for names, strings for lists, abbreviated guest types and old parameter names that
xl still understands.

Why
---
xl warns, or guesses what was meant. A reader of the file has to guess as well.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    tsc_mode = 2

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    tsc_mode = "native"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Outcome

CODE = "XL210"
NAME = "outdated-value"
SUMMARY = "xl takes a value that is better written another way"
SEVERITY = "info"
FIX = "safe"
KINDS = {
    "enum.number": (
        "a number for `{key}` is deprecated; {text} means `{name}`",
        'write `{key} = "{name}"`',
    ),
    "bootloader_args.string": (
        "bootloader arguments in one string are deprecated",
        'write a list of strings: `bootloader_args = [ "...", "..." ]`',
    ),
    "vif.netdev": (
        "`netdev` is deprecated",
        "write `gatewaydev=`",
    ),
    "type.abbreviated": (
        "xl takes the type `{text}` for `{value}`",
        'write `type = "{value}"`',
    ),
    "type.builder-means-pv": (
        "the builder `{text}` means a PV guest",
        "delete `builder`: a guest is PV unless it says otherwise",
    ),
}


def number_by_name(guest: Guest, outcome: Outcome) -> Fix | None:
    """The name that the number stands for."""
    from xlcfg.rules.xl._values import new_string

    return new_string(guest, outcome, str(outcome.args["name"]))


def whole_type(guest: Guest, outcome: Outcome) -> Fix | None:
    """The type in full."""
    from xlcfg.rules.xl._values import new_string

    return new_string(guest, outcome, str(outcome.args["value"]))


def list_of_arguments(guest: Guest, outcome: Outcome) -> Fix | None:
    """The words that xl makes of the string, as a list."""
    from xlcfg.rules.xl._values import new_value
    from xlcfg.syntax.printer import print_string

    words = guest.reading.values.get(outcome.key)
    if not isinstance(words, list) or any("\0" in word for word in words):
        return None
    text = "[ " + ", ".join(print_string(word) for word in words) + " ]"
    return new_value(guest, outcome, "write a list", True, text)


def gatewaydev(guest: Guest, outcome: Outcome) -> Fix | None:
    """The name of today; not where the place is that of a whole string."""
    if guest.source.text[outcome.start : outcome.end] != "netdev":
        return None
    return Fix("write `gatewaydev`", True, [(outcome.start, outcome.end, b"gatewaydev")])


#: the kinds that have a fix
FIXES = {
    "enum.number": number_by_name,
    "bootloader_args.string": list_of_arguments,
    "vif.netdev": gatewaydev,
    "type.abbreviated": whole_type,
}
