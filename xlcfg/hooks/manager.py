"""The pluggy side of `Hooks`: loads plugins, guards every call, names whoever fails."""

from __future__ import annotations

import functools
import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pluggy

from xlcfg.hooks import specs
from xlcfg.hooks.guard import Guard, GuardedEngine, GuardedLines, GuardedRule, place

if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.hooks.discovery import Found
    from xlcfg.hooks.failures import PluginFailure

PREFIX = "xlcfg_"

#: Names of arguments and modules that plugins may still use: old -> new.
_OLD_ARGUMENTS = {"context": "target"}
_OLD_MODULES = {
    "xlcfg.convert": "xlcfg.core.conversion",
    "xlcfg.diagnostics": "xlcfg.core.diagnostics",
}

#: Hooks whose answers are gone through more than once.
_LISTS = ("xlcfg_rules", "xlcfg_options", "xlcfg_models", "xlcfg_formats", "xlcfg_targets")


class _PluginManager(pluggy.PluginManager):
    """Takes every function named `xlcfg_*` of a plugin as a hook implementation."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        opts = super().parse_hookimpl_opts(plugin, name)
        if opts is None and name.startswith(PREFIX) and callable(getattr(plugin, name, None)):
            opts = pluggy.HookimplOpts(
                wrapper=False,
                hookwrapper=False,
                optionalhook=False,
                tryfirst=False,
                trylast=False,
                specname=None,
            )
        return opts


class Loaded:
    """One plugin that takes part: where it came from and the hooks it answers."""

    def __init__(self, found: Found, plugin: object) -> None:
        self.found = found
        self.plugin = plugin
        self.hooks = sorted(n for n in dir(plugin) if n.startswith(PREFIX))


class Manager:
    """Built-ins and plugins behind one pluggy manager."""

    def __init__(self, builtins: list[ModuleType], failures: list[PluginFailure]) -> None:
        self.failures = failures
        self.loaded: list[Loaded] = []
        # keeps the contribution alive, so that its id stays its own
        self._origin: dict[int, tuple[str, object]] = {}
        self._guests: dict[int, str] = {}
        self.pm = _PluginManager("xlcfg")
        self.pm.add_hookspecs(specs)
        for module in builtins:
            self.pm.register(module, name=module.__name__)
        self._guarded: dict[str, object] = {}

    def add_builtin(self, module: ModuleType) -> None:
        """Register a built-in that comes late: before the plugins, which are asked first."""
        for name in self._guarded:
            self.pm.unregister(name=name)
        self.pm.register(module, name=module.__name__)
        for name, plugin in self._guarded.items():
            self.pm.register(plugin, name=name)

    def load(self, found: Found) -> None:
        """Load and register one plugin; what goes wrong is noted."""
        for old, new in _OLD_MODULES.items():
            sys.modules.setdefault(old, import_module(new))
        guard = Guard(found.name, self.failures)
        guard.call("loading", lambda: self._load(found, guard))

    def _load(self, found: Found, guard: Guard) -> None:
        """Load and register one plugin; raises whatever its code does."""
        module, _, attribute = found.target.partition(":")
        plugin: Any = import_module(module)
        for part in attribute.split(".") if attribute else ():
            plugin = getattr(plugin, part)
        wants = getattr(plugin, "XLCFG_API", 1)
        if not isinstance(wants, int) or wants != specs.API_VERSION:
            raise RuntimeError(
                f"it was written for version {wants!r} of the hooks, "
                f"this xlcfg has version {specs.API_VERSION}"
            )
        unknown = [n for n in dir(plugin) if n.startswith(PREFIX) and not hasattr(specs, n)]
        if unknown:
            raise RuntimeError(f"there is no hook {unknown[0]}")
        guarded = self._guard(plugin, guard)
        self.pm.register(guarded, name=found.name)
        self._guarded[found.name] = guarded
        self.loaded.append(Loaded(found, plugin))

    def _guard(self, plugin: Any, guard: Guard) -> object:
        """A stand-in for `plugin` whose functions note what they raise and answer None."""

        class Guarded:
            """Holds the guarded functions of one plugin."""

        guarded = Guarded()
        for hook in dir(plugin):
            if hook.startswith(PREFIX):
                setattr(guarded, hook, self._guarded_hook(hook, getattr(plugin, hook), guard))
        return guarded

    def _guarded_hook(self, hook: str, function: Any, guard: Guard) -> Any:
        wanted = _wanted(hook, function)

        def call(*given: Any) -> Any:
            arguments = {name: given[place] for name, place in wanted.items()}

            def ask() -> Any:
                answer = function(**arguments)
                if answer is not None and hook in _LISTS:
                    answer = list(answer)
                if answer is not None and not specs.SHAPES[hook](answer):
                    raise TypeError(f"its answer is {type(answer).__name__}, see the hook")
                if answer is not None and hook == "xlcfg_policy":
                    votes = answer if isinstance(answer, list | tuple) else [answer]
                    # nobody speaks for another level
                    answer = [vote.of_plugin(given[0] is not None) for vote in votes]
                return answer

            answer = guard.call(hook, ask, code=function)
            if answer is None:
                return None
            if hook == "xlcfg_rules":
                answer = [GuardedRule(guard, rule) for rule in answer]
            elif hook == "xlcfg_read_trace":
                answer = GuardedLines(guard, answer)
            elif hook == "xlcfg_engine":
                answer = GuardedEngine(guard.plugin, answer)
            elif hook == "xlcfg_read_config":
                # of the last input alone: a run may have many
                self._guests = dict.fromkeys(_ids(answer), guard.plugin)
            if isinstance(answer, list) and hook in _LISTS:
                self._origin.update((id(one), (guard.plugin, one)) for one in answer)
            return answer

        functools.update_wrapper(call, function)
        # pluggy passes by position what the function at the end of this chain takes
        call.__wrapped__ = getattr(specs, hook)  # type: ignore[attr-defined]
        return call

    def plugin_of(self, contribution: object) -> str:
        """The plugin that a contribution came from; "xlcfg" for built-in ones."""
        if id(contribution) in self._guests:
            return self._guests[id(contribution)]
        return self._origin.get(id(contribution), ("xlcfg", None))[0]

    def defined_at(self, contribution: object) -> str:
        """`file:line` of the code of a plugin's rule; "" for anything else."""
        return place(Exception(), getattr(getattr(contribution, "rule", None), "check", None))

    def ask(self, hook: str, arguments: dict[str, Any]) -> Any:
        """The answers to `hook` (a list), or the first one for a firstresult hook."""
        return getattr(self.pm.hook, hook)(**arguments)


def _ids(answer: Any) -> list[int]:
    return [id(one) for one in answer] if isinstance(answer, list) else [id(answer)]


def _wanted(hook: str, function: Any) -> dict[str, int]:
    """The arguments that a plugin's function takes, each with its place in the specification.

    RuntimeError for one that the hook does not have.
    """
    offered = list(inspect.signature(getattr(specs, hook)).parameters)
    wanted: dict[str, int] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            wanted.update((name, place) for place, name in enumerate(offered))
        elif parameter.default is parameter.empty or parameter.name in offered:
            name = _OLD_ARGUMENTS.get(parameter.name, parameter.name)
            if name not in offered:
                raise RuntimeError(f"{hook} has no argument {parameter.name!r}")
            wanted[parameter.name] = offered.index(name)
    return wanted
