"""Looking options up by name, Xen's own together with those that plugins contribute."""

from __future__ import annotations

from xlcfg.catalogue._compiled import NEWEST
from xlcfg.catalogue.options import BootParameter, GuestOption, Mistake, ParameterKind, SubOption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Catalogue:
    """The options of Xen together with `guest` and `boot` options somebody contributes.

    A contributed name that Xen itself has raises ValueError: it would change what Xen is said to
    read. Of two contributions with one name the later counts.
    """

    __slots__ = ("_boot", "_guest", "_more_boot", "_more_guest", "_usual")

    def __init__(
        self, guest: Iterable[GuestOption] = (), boot: Iterable[BootParameter] = ()
    ) -> None:
        self._guest: dict[str, GuestOption] = {}
        self._boot: dict[str, BootParameter] = {}
        #: (release, architecture, guest type) -> keys of which nothing can be said there
        self._usual: dict[tuple[str, str, str], set[str]] = {}
        self._more_guest = {option.name: option for option in guest}
        self._more_boot = {parameter.name: parameter for parameter in boot}
        clash = [name for name in self._more_guest if _guest_option(name)]
        clash += [name for name in self._more_boot if _boot_parameter(name)]
        if clash:
            raise ValueError(f"Xen has an option of this name already: {', '.join(clash)}")

    def guest_option(self, name: str) -> GuestOption | None:
        """The guest key of that name, or None when no release ever read it."""
        option = self._guest.get(name) or self._more_guest.get(name)
        if option is None:
            option = _guest_option(name)
            if option is not None:
                self._guest[name] = option
        return option

    def unusual(self, names: dict[str, Any], release: str, arch: str, guest_type: str) -> list[str]:
        """Those of `names`, in their order, that are no guest keys, or keys that the release does
        not read or that have no effect on the architecture or for the type of guest.
        """
        usual = self._usual.setdefault((release, arch, guest_type), set())
        if names.keys() <= usual:
            return []
        found = []
        for name in names:
            if name not in usual:
                option = self.guest_option(name)
                if (
                    option is None
                    or guest_type not in option.guest_types
                    or not option.is_read(release, arch)
                ):
                    found.append(name)
                else:
                    usual.add(name)
        return found

    def guest_options(self) -> list[GuestOption]:
        """Every guest key, by name."""
        from xlcfg.catalogue._compiled.guest import DATA

        found = (self.guest_option(name) for name in sorted({*DATA, *self._more_guest}))
        return [option for option in found if option is not None]

    def boot_parameter(self, name: str) -> BootParameter | None:
        """The boot parameter of that name, or None when no release ever had it.

        `ivrs_ioapic[4]` and the like find the parameter whose name ends in the bracket. A `no-`
        prefix is the caller's to take off.
        """
        parameter = self._boot.get(name) or self._more_boot.get(name)
        if parameter is None:
            parameter = _boot_parameter(name)
            if parameter is not None:
                self._boot[name] = parameter
        return parameter

    def boot_parameters(self) -> list[BootParameter]:
        """Every boot parameter, by name."""
        from xlcfg.catalogue._compiled.boot import DATA

        found = (self.boot_parameter(name) for name in sorted({*DATA, *self._more_boot}))
        return [parameter for parameter in found if parameter is not None]

    def suggest_guest_key(
        self, name: str, release: str | None = None, arch: str | None = None
    ) -> str | None:
        """The key somebody who wrote `name` most likely meant, one read in that release, or None.

        A removed key gives its replacement's key, a known mistake what it stands for, anything else
        the one key that is very close in spelling.
        """
        from xlcfg.catalogue.suggest import suggest

        return suggest(
            name, release or NEWEST, arch, self.guest_option, self.guest_options, guest_mistake
        )

    def suggest_boot_parameter(
        self, name: str, release: str | None = None, arch: str | None = None
    ) -> str | None:
        """The same for a word of Xen's command line."""
        from xlcfg.catalogue.suggest import suggest

        return suggest(
            name, release or NEWEST, arch, self.boot_parameter, self.boot_parameters, boot_mistake
        )


def _guest_option(name: str) -> GuestOption | None:
    from xlcfg.catalogue._compiled.guest import DATA

    fields = DATA.get(name)
    return GuestOption(name, *fields) if fields else None


def _boot_parameter(name: str) -> BootParameter | None:
    from xlcfg.catalogue._compiled.boot import DATA

    fields = DATA.get(name)
    if fields is None and "[" in name:
        name = name[: name.index("[") + 1]
        fields = DATA.get(name)
    if fields is None:
        return None
    kinds, arch, runs, replacement, suboptions, runtime = fields
    return BootParameter(
        name,
        tuple(ParameterKind(*kind) for kind in kinds),
        arch,
        runs,
        replacement,
        tuple(SubOption(*suboption) for suboption in suboptions),
        runtime,
    )


def guest_mistake(name: str) -> Mistake | None:
    """What is known of a name that people write in guest configs though xl never read it."""
    found = _mistake("guest", name)
    if found is None and not _guest_option(name) and _boot_parameter(name):
        advice = f"{name} is a parameter of Xen's boot line, not a key of guest configs."
        return Mistake(name, "", advice, "misplaced")
    return found


def boot_mistake(name: str, value: str = "") -> Mistake | None:
    """The same for a word of the command line; some are mistakes only with certain values."""
    found = _mistake("boot", name, value)
    if found is None and not _boot_parameter(name) and _guest_option(name):
        advice = f"{name} is a key of guest configs, not a parameter of Xen's boot line."
        return Mistake(name, "", advice, "misplaced")
    return found


def _mistake(where: str, name: str, value: str = "") -> Mistake | None:
    from xlcfg.catalogue._compiled.mistakes import DATA

    fields = DATA[where].get(name)
    if fields is None:
        return None
    replacement, advice, kind, prefixes = fields
    if prefixes and not value.startswith(prefixes):
        return None
    return Mistake(name, replacement, advice, kind)


#: Xen's own options, nothing contributed.
XEN = Catalogue()

guest_option = XEN.guest_option
guest_options = XEN.guest_options
boot_parameter = XEN.boot_parameter
boot_parameters = XEN.boot_parameters
suggest_guest_key = XEN.suggest_guest_key
suggest_boot_parameter = XEN.suggest_boot_parameter


def dialects() -> tuple[str, ...]:
    """The names of the downstream dialects of xl.cfg the catalogue knows."""
    from xlcfg.catalogue._compiled.dialects import DATA

    return tuple(DATA)


def dialect_options(name: str) -> tuple[GuestOption, ...]:
    """The guest keys a downstream adds, to hand to `Catalogue(guest=...)`; KeyError for no such."""
    from xlcfg.catalogue._compiled.dialects import DATA

    return tuple(
        GuestOption(o["name"], o["kind"], o["arch"], tuple(o["guest_types"]), detail=o)
        for o in DATA[name]["guest"]
    )
