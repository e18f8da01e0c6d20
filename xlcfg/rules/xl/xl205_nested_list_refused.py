"""A list within a list, where xl cannot bear one.

What it does
------------
Reports lists of numbers, ranges or names with a list among their items.

Why
---
Depending on the setting, xl exits with an error or dies of a signal.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    ioports = [ [ "2f8-2ff" ] ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    ioports = [ "2f8-2ff" ]
"""

CODE = "XL205"
NAME = "nested-list-refused"
SUMMARY = "xl refuses a list within a list, or crashes on it"
SEVERITY = "error"
FIX = ""
KINDS = {
    "list.nested-item": (
        "an item of `{key}` must not be a list",
        "write each item as one string: no brackets within the brackets",
    ),
    "list.nested-crash": (
        "a list as an item of `{key}` makes xl crash",
        "write each item as one string: no brackets within the brackets",
    ),
    "cpus.nested": (
        "a list as an item of `{key}` makes xl use memory it never set",
        "write each item as one string: no brackets within the brackets",
    ),
}
