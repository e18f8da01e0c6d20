"""A list within a list of strings.

What it does
------------
Reports lists of strings with a list among their items.

Why
---
xl takes the items before the inner list and drops it and all that follow, without a word.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0", [ "bridge=xenbr1" ] ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0", "bridge=xenbr1" ]
"""

CODE = "XL204"
NAME = "nested-list-cuts"
SUMMARY = "xl ends a list at a list within it and loses the rest"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "list.cut": (
        "xl ends the list `{key}` at item {position}, which is a list itself",
        "write each item as one string: no brackets within the brackets",
    ),
}
