"""What a run is about: the Xen release, the machine, its boot line, who takes part."""

from __future__ import annotations

from xlcfg.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from xlcfg.catalogue import Catalogue, GuestOption
    from xlcfg.hooks import Hooks
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Host
    from xlcfg.settings.project import Projects
    from xlcfg.settings.selection import Choice

ARCHITECTURES = ("x86_64", "x86_32", "arm64", "arm32")


class SettingsError(Exception):
    """Settings that a run cannot go by; the message names where they are and says why."""


class Boot:
    """A boot command line: its words, and where it is from ("" for the command line of xlcfg)."""

    __slots__ = ("line", "source", "where")

    def __init__(self, source: Source) -> None:
        from xlcfg.syntax.cmdline import read_cmdline

        self.source = source
        self.line = read_cmdline(source.text)
        self.where = ""


def read_boot(line: str) -> Boot:
    """The boot command line given as an argument."""
    return Boot(Source("boot line", line.strip("\n").encode("utf-8", "surrogateescape")))


class Context:
    """What a run is about: the Xen release line, the architecture, the host's boot line.

    `release` is a line ("4.17") or "unstable"; `arch` one of ARCHITECTURES; `boot` the host's
    parsed boot command line or None; `as_released` asks for what released Xen does rather than
    for what the runstate options would do. `host` is the machine, as far as it is known;
    `dialects` are the downstream versions of xl whose keys count too.
    """

    __slots__ = (
        "_boot_parameters",
        "_catalogue",
        "_joined",
        "_rules",
        "arch",
        "as_released",
        "boot",
        "choice",
        "dialects",
        "fixes",
        "given",
        "guest_type",
        "hooks",
        "host",
        "projects",
        "release",
    )

    def __init__(
        self,
        release: str,
        arch: str,
        hooks: Hooks,
        *,
        boot: Boot | None = None,
        as_released: bool = False,
        host: Host | None = None,
        dialects: tuple[str, ...] = (),
    ) -> None:
        self.release = release
        self.arch = arch
        self.hooks = hooks
        self.boot = boot
        self.as_released = as_released
        self.host = host
        self.dialects = dialects
        #: which findings count; None: all do
        self.choice: Choice | None = None
        #: "pv", "pvh" or "hvm" where the settings of a project say what its guests are meant to be;
        #: it changes nothing of what xl makes of them
        self.guest_type = ""
        #: whether somebody will ask how findings are mended, however they are passed on
        self.fixes = False
        #: names of what the command line itself says, which settings of a project cannot change
        self.given: tuple[str, ...] = ()
        #: where to look for settings of projects; None: nowhere
        self.projects: Projects | None = None
        self._rules: list[Any] | None = None
        self._joined = hooks.joined
        self._catalogue: Catalogue | None = None
        self._boot_parameters: dict[str, Any] | None = None

    def on(self, arch: str) -> Context:
        """This context for an input that says itself which architecture it is for.

        Itself for "" or its own architecture; "x86" and "arm" stand for all of that family.
        """
        if not arch or self.arch.startswith(arch):
            return self
        return self.like(
            self.release,
            {"x86": "x86_64", "arm": "arm64"}.get(arch, arch),
            self.dialects,
            self.choice,
        )

    def like(
        self, release: str, arch: str, dialects: tuple[str, ...], choice: Choice | None
    ) -> Context:
        """The same run for another release, architecture, dialects and choice of findings."""
        other = Context(
            release,
            arch,
            self.hooks,
            boot=self.boot,
            as_released=self.as_released,
            host=self.host,
            dialects=dialects,
        )
        other.choice = choice
        other.guest_type = self.guest_type
        other.fixes = self.fixes
        other.given = self.given
        other._rules, other._joined = self._rules, self._joined
        return other

    def of(self, path: str) -> Context:
        """This context with the settings of the project that a file belongs to."""
        project = self.projects.above(path) if self.projects is not None else None
        return self if project is None else project.context(path, self)

    def settings(self) -> tuple[Any, ...] | None:
        """Everything that findings depend on besides the input; None when that cannot be said."""
        out: list[Any] = [None if self.boot is None else self.boot.source.data]
        for name in self.__slots__:
            if name[0] != "_" and name not in ("hooks", "boot", "projects"):
                value = getattr(self, name)
                if name == "choice" and value is not None:
                    value = (value.select, value.ignore, value.extend)
                if not _plain(value):
                    return None
                out.append((name, value))
        return tuple(out)

    @property
    def catalogue(self) -> Catalogue:
        """Xen's guest keys, the contributed ones and those of the dialects."""
        if self._catalogue is None:
            from xlcfg.catalogue import Catalogue

            self._catalogue = Catalogue(guest=self._guest_options())
        return self._catalogue

    def everything(self) -> Catalogue:
        """The same with the contributed boot parameters."""
        from xlcfg.catalogue import Catalogue

        return Catalogue(guest=self._guest_options(), boot=self.boot_parameters().values())

    def _guest_options(self) -> list[GuestOption]:
        from xlcfg.catalogue import Catalogue, GuestOption, dialect_options

        options = [o for dialect in self.dialects for o in dialect_options(dialect)]
        return options + self._contributed(GuestOption, lambda o: Catalogue(guest=[o]))

    def boot_parameters(self) -> dict[str, Any]:
        """The contributed boot parameters by name."""
        if self._boot_parameters is None:
            from xlcfg.catalogue import BootParameter, Catalogue

            own = self._contributed(BootParameter, lambda option: Catalogue(boot=[option]))
            self._boot_parameters = {p.name: p for p in own}
        return self._boot_parameters

    def _contributed(self, kind: type, fits: Callable[[Any], object]) -> list[Any]:
        """The contributed options of one kind; one that clashes with Xen's own is refused.

        `fits` raises ValueError for it.
        """
        options = []
        for answer in reversed(self.hooks.all("xlcfg_options", context=self)):
            for option in answer:
                if not isinstance(option, kind):
                    continue
                if self.hooks.plugin_of(option) != "xlcfg":
                    try:
                        fits(option)
                    except ValueError as error:
                        self.hooks.fail(option, "xlcfg_options", str(error))
                        continue
                options.append(option)
        return options

    def meet(self, source: Source) -> None:
        """Let those take part who wait for a source like this one."""
        self.hooks.meet(source.data)
        if self._joined != self.hooks.joined:  # they may have come for another project's file
            self._joined = self.hooks.joined
            self._rules = self._catalogue = self._boot_parameters = None

    def rules(self) -> list[Any]:
        """Every rule, built-in or a plugin's; a plugin's rule with a taken code is refused."""
        if self._rules is None:
            rules: dict[str, Any] = {}
            # Asked last first: built-ins come at the end of the answers but have the right of way.
            for answer in reversed(self.hooks.all("xlcfg_rules")):
                for rule in answer:
                    if rules.setdefault(rule.CODE, rule) is not rule:
                        self.hooks.fail(
                            rule, "xlcfg_rules", f"the code {rule.CODE} is already taken"
                        )
            self._rules = [rules[code] for code in sorted(rules)]
        return self._rules


def _plain(value: object) -> bool:
    if isinstance(value, tuple):
        return type(value) is tuple and all(map(_plain, value))
    return value is None or isinstance(value, (str, bytes, int))


def read_guests(source: Source, context: Context) -> list[Guest]:
    """The guests of a source, as the first toolstack that knows its kind reads them."""
    context.meet(source)
    answer = context.hooks.first("xlcfg_read_config", source=source, context=context)
    if answer is None:
        return []
    return list(answer) if isinstance(answer, list) else [answer]
