"""What plugins did wrong."""

from __future__ import annotations


class PluginFailure:
    """A plugin that did not do what it should: its name, the hook, and what happened."""

    __slots__ = ("error", "hook", "plugin")

    def __init__(self, plugin: str, hook: str, error: str) -> None:
        self.plugin = plugin
        self.hook = hook
        self.error = error
