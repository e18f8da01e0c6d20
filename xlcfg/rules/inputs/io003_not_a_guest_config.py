"""An input that no reader takes for a guest config.

What it does
------------
Reports inputs that every toolstack's reader, plugins' ones included, has declined.

Why
---
xlcfg's own reader of xl configs takes any text, so this appears only with plugins or when it
was switched off.

Example
-------
An input for a toolstack whose plugin is not installed.

Fix
---
Install the plugin; `xlcfg plugins` lists those that take part.
"""

from __future__ import annotations

CODE = "IO003"
NAME = "not-a-guest-config"
SUMMARY = "no reader knows the input"
SEVERITY = "error"
FIX = ""
