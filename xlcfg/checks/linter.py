"""Who takes part in a run, and what they bring: hooks, projects, rules, the catalogue."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from xlcfg.catalogue import BootParameter, Catalogue, GuestOption
    from xlcfg.checks.codes import Codes
    from xlcfg.core.source import Source
    from xlcfg.hooks import Hooks
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.settings.project import Projects


class Linter:
    """The services of a run around its `target`, what the command line says it is about.

    `projects` is where to look for settings of projects, None for nowhere.
    """

    __slots__ = (
        "_asked",
        "_boot_parameters",
        "_catalogues",
        "_codes",
        "_joined",
        "_ready",
        "_rules",
        "hooks",
        "projects",
        "target",
    )

    def __init__(self, target: Target, hooks: Hooks, projects: Projects | None = None) -> None:
        self.target = target
        self.hooks = hooks
        self.projects = projects
        self._codes: Codes | None = None
        self._rules: list[Any] | None = None
        self._joined = hooks.joined
        #: the target that guests were last read for, and the same with its catalogue
        self._asked: Target | None = None
        self._ready = target
        self._catalogues: dict[tuple[str, ...], Catalogue] = {}
        self._boot_parameters: dict[tuple[str, ...], dict[str, BootParameter]] = {}

    def about(self, target: Target) -> Linter:
        """The same services around another target, without settings of projects."""
        other = Linter(target, self.hooks)
        other._rules, other._joined, other._codes = self._rules, self._joined, self._codes
        return other

    @property
    def codes(self) -> Codes:
        """What words for findings mean in this run."""
        if self._codes is None:
            from xlcfg.checks.codes import Codes

            self._codes = Codes(self.hooks)
        return self._codes

    def target_for(self, path: str) -> Target:
        """What a check of the file at `path` is about: the settings of its project count."""
        project = self.projects.above(path) if self.projects is not None else None
        return self.target if project is None else project.target(path, self.target)

    def load_for(self, source: Source) -> None:
        """Load the plugins and toolstacks that wait for a source like this one."""
        self.hooks.load_for(source.data)
        if self._joined != self.hooks.joined:  # it may have been for another linter's file
            self._joined = self.hooks.joined
            self._rules = None
            self._asked = None
            self._catalogues.clear()
            self._boot_parameters.clear()

    def read_guests(self, source: Source, target: Target | None = None) -> list[Guest]:
        """The guests of a source, as the first toolstack that knows its kind reads them.

        They are read for the run's own target if for no other.
        """
        self.load_for(source)
        target = target or self.target
        if self._asked is not target:  # of many files, most are about the same
            self._asked = target
            self._ready = target.with_catalogue(self.catalogue(target))
        target = self._ready
        answer = self.hooks.first("xlcfg_read_config", source=source, target=target)
        if answer is None:
            return []
        guests: list[Guest] = list(answer) if isinstance(answer, list) else [answer]
        for guest in guests:
            if guest.target is not target:
                # the file says which architecture it is for
                guest.target = guest.target.with_catalogue(self.catalogue(guest.target))
        return guests

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

    def all_rules(self) -> list[Any]:
        """The same without a look at whether codes are taken."""
        return [rule for answer in self.hooks.all("xlcfg_rules") for rule in answer]

    def catalogue(self, target: Target) -> Catalogue:
        """Xen's guest keys, those of the target's dialects, and the contributed ones."""
        key = _options_key(target)
        known = self._catalogues.get(key)
        if known is None:
            from xlcfg.catalogue import Catalogue

            known = self._catalogues[key] = Catalogue(guest=self._guest_options(target))
        return known

    def everything(self) -> Catalogue:
        """The catalogue of the run's own target, with the contributed boot parameters."""
        from xlcfg.catalogue import Catalogue

        target = self.target
        return Catalogue(
            guest=self._guest_options(target), boot=self.boot_parameters(target).values()
        )

    def boot_parameters(self, target: Target) -> dict[str, BootParameter]:
        """The contributed boot parameters by name."""
        key = _options_key(target)
        known = self._boot_parameters.get(key)
        if known is None:
            from xlcfg.catalogue import BootParameter, Catalogue

            own = self._contributed(target, BootParameter, lambda o: Catalogue(boot=[o]))
            known = self._boot_parameters[key] = {p.name: p for p in own}
        return known

    def _guest_options(self, target: Target) -> list[GuestOption]:
        from xlcfg.catalogue import Catalogue, GuestOption, dialect_options

        options = [o for dialect in target.dialects for o in dialect_options(dialect)]
        return options + self._contributed(target, GuestOption, lambda o: Catalogue(guest=[o]))

    def _contributed(self, target: Target, kind: type, fits: Callable[[Any], object]) -> list[Any]:
        """The contributed options of one kind; one that clashes with Xen's own is refused.

        `fits` raises ValueError for it, and anything for an option that is none.
        """
        options = []
        for answer in reversed(self.hooks.all("xlcfg_options", target=target)):
            for option in answer:
                if not isinstance(option, kind):
                    continue
                if self.hooks.plugin_of(option) != "xlcfg":
                    try:
                        fits(option)
                    except Exception as error:
                        self.hooks.fail(option, "xlcfg_options", str(error))
                        continue
                options.append(option)
        return options


def _options_key(target: Target) -> tuple[str, ...]:
    return (target.release, target.arch, *target.dialects)
