"""Who is asked: built-in behaviour always, plugins when some are installed.

pluggy costs more to import than checking a config.  So the built-ins, which have the shape of any
plugin (`xlcfg.builtin`, `xlcfg_xl.plugin`), are called straight when nobody else is
installed, and through pluggy, first to be asked last, as soon as somebody is.  A test compares the
answers of both ways.

A toolstack that reads files of its own kind is loaded when one comes: what `LAZY_PLUGINS` says of
it is looked for in the first bytes of an input, and only then is it imported.  Plugins are loaded
in the same way when their entry point is in a group `xlcfg.starts.HEX` (`xlcfg.hooks.discovery`).
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.hooks.discovery import Found
    from xlcfg.hooks.failures import PluginFailure

#: Modules of built-in behaviour, in the order they are registered; the last is asked first.
BUILTINS = ("xlcfg.builtin", "xlcfg_xl.plugin")

#: `module`, and what brings it in: bytes that an input `starts` with, after blanks and a byte order
#: mark, or that its first `LOOK` bytes hold.
LazyPlugin = namedtuple("LazyPlugin", ("module", "starts", "holds"))

# What a config of ImageBuilder sets; the trees that it makes are dom0less'.
_IMAGEBUILDER = (b"NUM_DOMUS", b"DOMU_", b"XEN_CMD", b"DOM0_KERNEL", b"DOM0_CMD")

#: Built-in toolstacks that are imported when an input looks like theirs.
LAZY_PLUGINS = (
    LazyPlugin("xlcfg_libvirt.plugin", (b"<", b"\xff\xfe<", b"\xfe\xff\0<"), ()),
    LazyPlugin(
        "xlcfg_dom0less.plugin",
        (b"\xd0\x0d\xfe\xed", b"/dts-v1/"),
        (b"xen,domain", b"/dts-v1/", *_IMAGEBUILDER),
    ),
    LazyPlugin("xlcfg_imagebuilder.plugin", (), _IMAGEBUILDER),
    LazyPlugin(
        "xlcfg_xapi.plugin",
        (b"uuid ( RO)",),
        (
            b'"VCPUs_max"',
            b'"VCPUs-max"',
            b'"virtualizationMode"',
            b'"CPUs"',
            b"<name>VCPUs_max</name>",
        ),
    ),
)

#: How much of an input is looked at.
LOOK = 64 * 1024
_BLANK = b" \t\r\n\xef\xbb\xbf"


class Hooks:
    """Asks built-ins and plugins. `failures` fills up as plugins misbehave."""

    def __init__(self, *, plugins: bool = True, only: list[str] | None = None) -> None:
        """Find the installed plugins, if they are to take part; `only` narrows them by name."""
        self.failures: list[PluginFailure] = []
        #: whether installed plugins take part at all
        self.wanted = plugins
        self._only = only
        #: how often somebody has come late, with rules and options of their own
        self.joined = 0
        #: name and version of those that were found
        self.plugins: list[tuple[str, str]] = []
        self._builtins: list[Any] | None = None
        self._manager: Any = None
        self._waiting = list(LAZY_PLUGINS)
        self._late: list[Found] = []
        found: list[Found] = []
        if plugins:
            from xlcfg.hooks.discovery import find_plugins, missing

            found = [one for one in find_plugins() if only is None or one.name in only]
            self.plugins = [(one.name, one.version) for one in found]
            self._late = [one for one in found if one.starts]
            found = [one for one in found if not one.starts]
            if only is None:
                self._miss(missing())
        if found:
            self._load(found)

    def _miss(self, named: list[tuple[str, str]]) -> None:
        """Note plugins that are asked for by name and are not there."""
        for name, error in named:
            from xlcfg.hooks.failures import PluginFailure

            self.failures.append(PluginFailure(name, "loading", error, ""))

    def _load(self, found: list[Found]) -> None:
        if self._manager is None:
            from xlcfg.hooks.manager import Manager

            self._manager = Manager(self.builtins(), self.failures)
        for one in found:
            self._manager.load(one)

    def bring(self, one: Found) -> None:
        """Have one more plugin take part, which is not installed."""
        self.joined += 1
        self._load([one])

    def load_for(self, data: bytes) -> bool:
        """Bring in whoever waits for an input like `data`; whether anybody came."""
        if not self._waiting and not self._late:
            return False
        head = data[:LOOK]
        body = head.lstrip(_BLANK)
        came = [
            one
            for one in self._waiting
            if body.startswith(one.starts) or any(word in head for word in one.holds)
        ]
        late = [one for one in self._late if body.startswith(one.starts)]
        self._join(came, late)
        return bool(came or late)

    def everybody(self) -> Hooks:
        """The same people and those who wait, for questions about them: nobody joins this run."""
        others = Hooks(plugins=self.wanted, only=self._only)
        others.load_all()
        return others

    def load_all(self) -> None:
        """Bring in everybody: to list who could take part, or to look for a rule's page."""
        self._join(list(self._waiting), list(self._late))

    def _join(self, came: list[LazyPlugin], late: list[Found]) -> None:
        from xlcfg.core import load_module

        self.joined += bool(came or late)
        for one in came:
            self._waiting.remove(one)
            module = load_module(one.module)
            self.builtins().append(module)
            if self._manager is not None:
                self._manager.add_builtin(module)
        if late:
            self._late = [one for one in self._late if one not in late]
            self._load(late)

    def builtins(self) -> list[Any]:
        """The built-in plugin modules, in order of registration."""
        if self._builtins is None:
            from xlcfg.core import load_module

            self._builtins = [load_module(name) for name in BUILTINS]
        return self._builtins

    @property
    def manager(self) -> Any:
        """The plugin manager, or None while only built-ins are there."""
        return self._manager

    def fail(self, contribution: object, hook: str, error: str) -> None:
        """Note that a plugin's contribution was refused, or is of no use."""
        from xlcfg.hooks.failures import PluginFailure

        where = "" if self._manager is None else self._manager.defined_at(contribution)
        self.failures.append(PluginFailure(self.plugin_of(contribution), hook, error, where))

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
