"""What plugins did wrong."""

from __future__ import annotations

from collections import namedtuple

#: A plugin that did not do what it should: its name, the hook, what happened in one line, the
#: `where` in its code (`file:line`, "" when that is not known), and the traceback as text.
PluginFailure = namedtuple(
    "PluginFailure", ("plugin", "hook", "error", "where", "traceback"), defaults=("", "")
)
