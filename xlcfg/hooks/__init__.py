"""Who is asked: built-in behaviour always, plugins when some are installed.

pluggy costs more to import than checking a config.  So the built-ins, which have the shape of any
plugin (`xlcfg.hooks.builtin`, `xlcfg_xl.plugin`), are called straight when nobody else is
installed, and through pluggy, first to be asked last, as soon as somebody is.  A test holds the
two roads against each other.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.hooks.discovery import Found

#: Modules of built-in behaviour, in the order they are registered; the last is asked first.
BUILTINS = ("xlcfg.hooks.builtin", "xlcfg_xl.plugin")


class PluginFailure:
    """A plugin that did not do what it should: its name, the hook, and what happened."""

    __slots__ = ("error", "hook", "plugin")

    def __init__(self, plugin: str, hook: str, error: str) -> None:
        self.plugin = plugin
        self.hook = hook
        self.error = error


class Hooks:
    """Asks built-ins and plugins. `failures` fills up as plugins misbehave."""

    def __init__(self, *, plugins: bool = True) -> None:
        self.failures: list[PluginFailure] = []
        self._builtins: list[Any] | None = None
        self._manager: Any = None
        found: list[Found] = []
        if plugins:
            from xlcfg.hooks.discovery import find_plugins

            found = find_plugins()
        if found:
            from xlcfg.hooks.manager import Manager

            self._manager = Manager(self.builtins(), found, self.failures)

    def builtins(self) -> list[Any]:
        """The built-in plugin modules, in order of registration."""
        if self._builtins is None:
            from importlib import import_module

            self._builtins = [import_module(name) for name in BUILTINS]
        return self._builtins

    @property
    def manager(self) -> Any:
        """The plugin manager, or None while only built-ins are there."""
        return self._manager

    def fail(self, contribution: object, hook: str, error: str) -> None:
        """Note that a plugin's contribution was refused."""
        self.failures.append(PluginFailure(self.plugin_of(contribution), hook, error))

    def plugin_of(self, contribution: object) -> str:
        """The name of the plugin that a rule or option came from."""
        if self._manager is not None:
            name: str = self._manager.plugin_of(contribution)
            return name
        return "xlcfg"

    def all(self, hook: str, **arguments: Any) -> list[Any]:
        """Every answer to `hook` that is not None."""
        if self._manager is not None:
            answers: list[Any] = self._manager.ask(hook, arguments)
            return answers
        out = []
        for module in reversed(self.builtins()):
            function = getattr(module, hook, None)
            if function is not None:
                answer = function(**arguments)
                if answer is not None:
                    out.append(answer)
        return out

    def first(self, hook: str, **arguments: Any) -> Any:
        """The first answer to a `firstresult` hook, or None."""
        if self._manager is not None:
            return self._manager.ask(hook, arguments)
        for module in reversed(self.builtins()):
            function = getattr(module, hook, None)
            if function is not None:
                answer = function(**arguments)
                if answer is not None:
                    return answer
        return None
