"""The pluggy side of `Hooks`: loads plugins, guards every call, names whoever fails."""

from __future__ import annotations

import functools
import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pluggy

from xlcfg.hooks import specs
from xlcfg.hooks.failures import PluginFailure
from xlcfg.hooks.limit import PluginTimeout, limited

if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.hooks.discovery import Found

PREFIX = "xlcfg_"

#: Names of arguments and modules that plugins may still use: old -> new.
_OLD_ARGUMENTS = {"context": "target"}
_OLD_MODULES = {
    "xlcfg.convert": "xlcfg.core.conversion",
    "xlcfg.diagnostics": "xlcfg.core.diagnostics",
}


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
        try:
            module, _, attribute = found.target.partition(":")
            plugin: Any = limited(lambda: import_module(module))
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
            guarded = self._guard(found.name, plugin)
            self.pm.register(guarded, name=found.name)
            self._guarded[found.name] = guarded
        except (Exception, PluginTimeout) as error:
            self.failures.append(PluginFailure(found.name, "loading", _said(error)))
        else:
            self.loaded.append(Loaded(found, plugin))

    def _guard(self, name: str, plugin: Any) -> object:
        """A stand-in for `plugin` whose functions note what they raise and answer None."""

        class Guarded:
            """Holds the guarded functions of one plugin."""

        guarded = Guarded()
        for hook in dir(plugin):
            if not hook.startswith(PREFIX):
                continue
            function = getattr(plugin, hook)
            wanted = _wanted(hook, function)

            def call(
                *given: Any,
                _function: Any = function,
                _hook: str = hook,
                _wanted: dict[str, int] = wanted,
            ) -> Any:
                arguments = {name: given[place] for name, place in _wanted.items()}
                try:
                    answer = limited(lambda: _listed(_hook, _function(**arguments)))
                    if answer is None:
                        return None
                    if not specs.SHAPES[_hook](answer):
                        raise TypeError(f"its answer is {type(answer).__name__}, see the hook")
                    if _hook == "xlcfg_rules":
                        answer = [GuardedRule(name, rule, self.failures) for rule in answer]
                    if isinstance(answer, list):
                        self._origin.update((id(one), (name, one)) for one in answer)
                except (Exception, PluginTimeout) as error:
                    self.failures.append(PluginFailure(name, _hook, _said(error)))
                    return None
                return answer

            functools.update_wrapper(call, function)
            # pluggy passes by position what the function at the end of this chain takes
            call.__wrapped__ = getattr(specs, hook)  # type: ignore[attr-defined]
            setattr(guarded, hook, call)
        return guarded

    def plugin_of(self, contribution: object) -> str:
        """The plugin that a contribution came from; "xlcfg" for built-in ones."""
        return self._origin.get(id(contribution), ("xlcfg", None))[0]

    def ask(self, hook: str, arguments: dict[str, Any]) -> Any:
        """The answers to `hook` (a list), or the first one for a firstresult hook."""
        return getattr(self.pm.hook, hook)(**arguments)


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


class GuardedRule:
    """A plugin's rule; what its check raises is noted under the plugin's name."""

    def __init__(self, plugin: str, rule: Any, failures: list[PluginFailure]) -> None:
        self.plugin = plugin
        self.rule = rule
        self.failures = failures
        self.CODE = str(rule.CODE)
        self.NAME = str(rule.NAME)
        self.SUMMARY = str(rule.SUMMARY)
        self.TOOLSTACKS = getattr(rule, "TOOLSTACKS", None)
        self.__doc__ = getattr(rule, "__doc__", None)

    def check(self, guest: Any) -> list[Any]:
        """The findings of the rule, or none when it fails."""
        try:
            findings = limited(lambda: list(self.rule.check(guest)))
            for finding in findings:
                if not hasattr(finding, "severity") or not hasattr(finding, "message"):
                    raise TypeError(f"it found {type(finding).__name__}, not a Diagnostic")
        except (Exception, PluginTimeout) as error:
            where = f"rule {self.CODE}"
            if not any(f.plugin == self.plugin and f.hook == where for f in self.failures):
                self.failures.append(PluginFailure(self.plugin, where, _said(error)))
            return []
        return findings


#: Hooks whose answers are gone through more than once.
_LISTS = ("xlcfg_rules", "xlcfg_options", "xlcfg_models", "xlcfg_formats", "xlcfg_targets")


def _listed(hook: str, answer: Any) -> Any:
    """The answer, what is iterated run to its end while time is measured."""
    if answer is not None and hook in _LISTS:
        return list(answer)
    return answer


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, PluginTimeout):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
