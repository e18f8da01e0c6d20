"""A plugin that raised an exception or gave an answer of the wrong shape.

What it does
------------
Names the plugin, the hook or rule that failed, and the error.

Why
---
A broken plugin must not take a run down, nor may it pass unnoticed: what it would have found or
decided is missing from the result.

Example
-------
A plugin with the hook

    def xlcfg_rules():
        return 1 / 0

Fix
---
    def xlcfg_rules():
        return [my_rule]

`--no-plugins` runs without any plugin.
"""

from __future__ import annotations

CODE = "PL001"
NAME = "plugin-failed"
SUMMARY = "a plugin failed, and the run went on without it"
SEVERITY = "warning"
FIX = ""
