"""What Xen reads: guest keys, boot parameters, xl.conf keys and more, for Xen 4.4 to unstable.

The data lives in `data/*.json` (schemas in `schema/`); `python -m xlcfg.catalogue.build` compiles
it into modules of plain literals, which load faster than JSON.  A guest config loads only the guest
half and a command line only the boot half; descriptions, defaults, grammars and the table of common
mistakes load when first asked for.

A release is the name of a release line, `"4.17"`, or `"unstable"`; `parse_release` makes one from
what people write.  An architecture is `"x86"`, `"arm"` (either width), `"arm32"`, `"arm64"` or
`"riscv"`.
"""

from __future__ import annotations

from xlcfg.catalogue._compiled import NEWEST, RELEASES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, TypeAlias

    #: the first and last index into `releases()`, both read
    Runs: TypeAlias = tuple[tuple[int, int], ...]

GUEST_TYPES = ("pv", "pvh", "hvm")
ARCHITECTURES = ("x86", "arm", "arm32", "arm64", "riscv")

#: the runs of what every release reads
ALWAYS: Runs = ((0, len(RELEASES) - 1),)

_INDEX = {name: i for i, name in enumerate(RELEASES)}


class UnknownReleaseError(ValueError):
    """A text that names no release line this catalogue knows; the message lists those it does."""


def releases() -> tuple[str, ...]:
    """The release lines, oldest first; the last one is `"unstable"`."""
    return RELEASES


def newest_release() -> str:
    """The newest released line, which is what is checked for unless told otherwise."""
    return NEWEST


def release_index(release: str) -> int:
    """The place of a release line in `releases()`; UnknownReleaseError when it is none."""
    try:
        return _INDEX[release]
    except KeyError:
        raise UnknownReleaseError(_unknown_release(release)) from None


def parse_release(text: str) -> str:
    """The release line of what people write: `4.17`, `4.17.3`, `4.17.3-rc1`, `xen-4.17`, `master`.

    Raises UnknownReleaseError, whose message names the lines known, for anything else.
    """
    word = text.strip().lower()
    if word in ("master", "staging", "unstable", "xen-unstable"):
        return RELEASES[-1]
    for prefix in ("xen-", "release-"):
        word = word.removeprefix(prefix)
    parts = word.split(".")
    if len(parts) >= 2:
        minor = len(parts[1]) - len(parts[1].lstrip("0123456789"))
        # What follows the number may be a point release or a vendor's suffix, not more of the name.
        line = f"{parts[0]}.{parts[1][:minor]}"
        if line in _INDEX and parts[1][minor : minor + 1] in ("", "-", "_", "+", "~"):
            return line
    raise UnknownReleaseError(_unknown_release(text))


def _unknown_release(text: str) -> str:
    shown = text if len(text) <= 40 else text[:37] + "..."
    return (
        f"no Xen release {shown!r} in the catalogue; "
        f"known are {RELEASES[0]} to {NEWEST} and {RELEASES[-1]!r}"
    )


def alive(runs: Iterable[Sequence[str]], release: str) -> bool:
    """Whether a release lies in runs as the details have them, pairs of release names."""
    index = release_index(release)
    return any(release_index(first) <= index <= release_index(last) for first, last in runs)


def _within(runs: Runs, release: str) -> bool:
    index = release_index(release)
    # asked a hundred times per config: a generator would cost twice this
    for first, last in runs:
        if first <= index <= last:
            return True
    return False


def _arch_matches(archs: tuple[str, ...], arch: str | None) -> bool:
    if arch is None or arch in archs or "any" in archs:
        return True
    if arch.startswith("x86"):
        return "x86" in archs
    if arch == "arm":
        return "arm32" in archs or "arm64" in archs
    return "arm" in archs and arch.startswith("arm")


class GuestOption:
    """A key of a guest config.

    `kind` says which of xl's readers take it (`"defbool"`, `"long"`, `"string"`, `"spec-list"`...;
    the list is in `schema/guest_options.schema.json`). `arch` is `"any"`, `"x86"` or `"arm"`: where
    the key has an effect. `guest_types` are the types it has an effect for, `parsed_types` those
    for which xl looks at it (a bad value of a key xl does not look at is never refused). `runs` are
    index pairs into `releases()`. `replacement` is what to write instead of a deprecated or removed
    key, or "".
    """

    __slots__ = (
        "_detail",
        "arch",
        "guest_types",
        "kind",
        "name",
        "parsed_types",
        "replacement",
        "runs",
    )

    def __init__(
        self,
        name: str,
        kind: str,
        arch: str = "any",
        guest_types: tuple[str, ...] = GUEST_TYPES,
        runs: Runs = ALWAYS,
        replacement: str = "",
        parsed_types: tuple[str, ...] = (),
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.arch = arch
        self.guest_types = guest_types
        self.parsed_types = parsed_types or guest_types
        self.runs = runs
        self.replacement = replacement
        self._detail = detail

    def __repr__(self) -> str:
        return f"GuestOption({self.name!r}, {self.kind!r}, {self.arch!r})"

    def is_parsed(self, release: str, guest_type: str | None = None) -> bool:
        """Whether xl of that release looks at the key at all (in a guest of that type).

        xl parses the keys of every architecture everywhere, so a bad value of an Arm key is refused
        on x86 as well.
        """
        if guest_type is not None and guest_type not in self.parsed_types:
            return False
        return _within(self.runs, release)

    def is_read(self, release: str, arch: str | None = None) -> bool:
        """Whether the key is parsed there and, if `arch` is given, means something on it."""
        return _arch_matches((self.arch,), arch) and _within(self.runs, release)

    @property
    def first(self) -> str:
        """The first release that reads the key; `"4.4"` may mean that an older one did too."""
        return RELEASES[self.runs[0][0]]

    @property
    def last(self) -> str:
        """The last release that reads the key; `"unstable"` while it is still read."""
        return RELEASES[self.runs[-1][1]]

    @property
    def detail(self) -> Mapping[str, Any]:
        """The rest of what is known, as in `data/guest_options.json`: description, default, ..."""
        if self._detail is None:
            from xlcfg.catalogue._compiled.guest_details import DATA

            self._detail = DATA[self.name]
        return self._detail


# Small classes and not named tuples: making one of those costs more than a whole lookup.
class SubOption:
    """A word that a list-like boot parameter takes, with its runs.

    `state` is "" or "removed", "deprecated", "discouraged", "old spelling"; `replacement` too.
    """

    __slots__ = ("name", "replacement", "runs", "state")

    def __init__(self, name: str, runs: Runs, replacement: str = "", state: str = "") -> None:
        self.name = name
        self.runs = runs
        self.replacement = replacement
        self.state = state

    def is_read(self, release: str) -> bool:
        """Whether that release knows the word."""
        return _within(self.runs, release)


class ParameterKind:
    """How a boot parameter is parsed on some architectures in some releases.

    `kind` is "boolean", "integer", "size", "string", "custom" or "ignore"; `archs` as in `arch` of
    the parameter.
    """

    __slots__ = ("archs", "kind", "runs")

    def __init__(self, kind: str, archs: tuple[str, ...], runs: Runs) -> None:
        self.kind = kind
        self.archs = archs
        self.runs = runs


class BootParameter:
    """A parameter of Xen's command line.

    `arch` are the architectures whose hypervisor has it (`("any",)` for all). `kinds` say how it is
    parsed. `runs` are index pairs into `releases()`, empty for one that only the manual had.
    `replacement` is what to write instead of a removed or deprecated one, or "". `bracket` says
    that the name ends in `[` and matches only its beginning. `runtime` are the runs in which
    `xl set-parameters` can change it.
    """

    __slots__ = ("_detail", "arch", "kinds", "name", "replacement", "runs", "runtime", "suboptions")

    def __init__(
        self,
        name: str,
        kinds: tuple[ParameterKind, ...],
        arch: tuple[str, ...] = ("any",),
        runs: Runs = ALWAYS,
        replacement: str = "",
        suboptions: tuple[SubOption, ...] = (),
        runtime: Runs = (),
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.kinds = kinds
        self.arch = arch
        self.runs = runs
        self.replacement = replacement
        self.suboptions = suboptions
        self.runtime = runtime
        self._detail = detail

    def __repr__(self) -> str:
        return f"BootParameter({self.name!r}, arch={self.arch!r})"

    @property
    def bracket(self) -> bool:
        return self.name.endswith("[")

    def is_read(self, release: str, arch: str | None = None) -> bool:
        """Whether a hypervisor of that release (built for `arch`) can have the parameter.

        Some parameters also depend on how Xen was configured: `detail.get("kconfig")`. Some came
        to one architecture later than to another, so the kinds decide.
        """
        return _within(self.runs, release) and bool(self.kind(release, arch))

    def kind(self, release: str, arch: str | None = None) -> str:
        """How the parameter is parsed there; "" where it is not read."""
        for kind in self.kinds:
            if _arch_matches(kind.archs, arch) and _within(kind.runs, release):
                return kind.kind
        return ""

    def takes(self, release: str) -> frozenset[str]:
        """The sub-option names the release knows; empty when they are not listed word by word."""
        return frozenset(s.name for s in self.suboptions if s.is_read(release))

    @property
    def first(self) -> str:
        """The first release that reads it, "" for none; `"4.4"` may mean an older one did too."""
        return RELEASES[self.runs[0][0]] if self.runs else ""

    @property
    def last(self) -> str:
        """The last release that reads it, "" for none; `"unstable"` while it is still read."""
        return RELEASES[self.runs[-1][1]] if self.runs else ""

    @property
    def detail(self) -> Mapping[str, Any]:
        """The rest of what is known, as in `data/boot_parameters.json`."""
        if self._detail is None:
            from xlcfg.catalogue._compiled.boot_details import DATA

            self._detail = DATA[self.name]
        return self._detail


class Mistake:
    """A name people write that Xen never read, with what they meant.

    `replacement` or `advice` may be "". `kind`: "typo", "misplaced" (belongs to another file or
    into a device entry), "xend" (a leftover), "linux" (an option of the dom0 kernel), "foreign".
    """

    __slots__ = ("advice", "kind", "name", "replacement")

    def __init__(self, name: str, replacement: str, advice: str, kind: str) -> None:
        self.name = name
        self.replacement = replacement
        self.advice = advice
        self.kind = kind


class Catalogue:
    """The options of Xen together with `guest` and `boot` options somebody contributes.

    A contributed name that Xen itself has raises ValueError: it would change what Xen is said to
    read. Of two contributions with one name the later counts.
    """

    __slots__ = ("_boot", "_guest", "_more_boot", "_more_guest")

    def __init__(
        self, guest: Iterable[GuestOption] = (), boot: Iterable[BootParameter] = ()
    ) -> None:
        self._guest: dict[str, GuestOption] = {}
        self._boot: dict[str, BootParameter] = {}
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
            name, release or NEWEST, arch, self.guest_option, self.guest_options, "guest"
        )

    def suggest_boot_parameter(
        self, name: str, release: str | None = None, arch: str | None = None
    ) -> str | None:
        """The same for a word of Xen's command line."""
        from xlcfg.catalogue.suggest import suggest

        return suggest(
            name, release or NEWEST, arch, self.boot_parameter, self.boot_parameters, "boot"
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


#: Xen's own options, nothing contributed.
XEN = Catalogue()

guest_option = XEN.guest_option
guest_options = XEN.guest_options
boot_parameter = XEN.boot_parameter
boot_parameters = XEN.boot_parameters
suggest_guest_key = XEN.suggest_guest_key
suggest_boot_parameter = XEN.suggest_boot_parameter


def detail(name: str) -> Mapping[str, Any]:
    """All that is known of a guest key; KeyError when there is none of that name."""
    from xlcfg.catalogue._compiled.guest_details import DATA

    found: Mapping[str, Any] = DATA[name]
    return found


def boot_detail(name: str) -> Mapping[str, Any]:
    """All that is known of a boot parameter; KeyError when there is none of that name."""
    from xlcfg.catalogue._compiled.boot_details import DATA

    found: Mapping[str, Any] = DATA[name]
    return found


_MANUALS = "https://xenbits.xen.org/docs/unstable"


def manual_url(option: GuestOption | BootParameter) -> str:
    """Where Xen's newest manual describes the option; "" when it does not."""
    documented = option.detail.get("documented")
    if not documented or documented[-1][1] != RELEASES[-1]:
        return ""
    if isinstance(option, GuestOption):
        return f"{_MANUALS}/man/xl.cfg.5.html"
    return f"{_MANUALS}/misc/xen-command-line.html#{option.detail['anchor']}"


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


def grammar(name: str) -> Mapping[str, Any]:
    """The grammar of a key's strings (`detail(key)["grammar"]`), as in `data/grammars.json`."""
    from xlcfg.catalogue._compiled.grammars import DATA

    grammars: Mapping[str, Any] = DATA["grammars"]
    found: Mapping[str, Any] = grammars[name]
    return found


def enum(name: str) -> Mapping[str, Any]:
    """The values of an enumeration (`detail(key)["enum"]`): `match` and `values` with runs."""
    from xlcfg.catalogue._compiled.grammars import DATA

    enums: Mapping[str, Any] = DATA["enums"]
    found: Mapping[str, Any] = enums[name]
    return found


def xl_conf_options() -> Mapping[str, Mapping[str, Any]]:
    """The keys of /etc/xen/xl.conf by name, as in `data/xl_conf.json`."""
    from xlcfg.catalogue._compiled.xl_conf import DATA

    options: Mapping[str, Mapping[str, Any]] = DATA["options"]
    return options


def dom0less_properties(node: str | None = None) -> tuple[Mapping[str, Any], ...]:
    """The device tree properties of dom0less guests, as in `data/dom0less.json`; of one node kind.

    The node kinds are those of the schema: "xen,domain", "module", "/chosen" and so on.
    """
    from xlcfg.catalogue._compiled.dom0less import DATA

    return tuple(p for p in DATA["properties"] if node is None or p["node"] == node)


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
