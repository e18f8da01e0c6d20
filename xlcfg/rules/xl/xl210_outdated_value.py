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
