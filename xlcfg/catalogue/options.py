"""The entries of the catalogue: guest keys, boot parameters, and names that people get wrong."""

from __future__ import annotations

from xlcfg.catalogue._compiled import RELEASES
from xlcfg.catalogue.releases import ALWAYS, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.catalogue.releases import Runs

GUEST_TYPES = ("pv", "pvh", "hvm")
ARCHITECTURES = ("x86", "arm", "arm32", "arm64", "riscv")


def _arch_matches(archs: tuple[str, ...], arch: str | None) -> bool:
    if arch is None or arch in archs or "any" in archs:
        return True
    if arch.startswith("x86"):
        return "x86" in archs
    if arch.startswith("riscv"):
        return "riscv" in archs
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
        return within(self.runs, release)

    def is_read(self, release: str, arch: str | None = None) -> bool:
        """Whether the key is parsed there and, if `arch` is given, means something on it."""
        return _arch_matches((self.arch,), arch) and within(self.runs, release)

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
        return within(self.runs, release)


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
        return within(self.runs, release) and bool(self.kind(release, arch))

    def kind(self, release: str, arch: str | None = None) -> str:
        """How the parameter is parsed there; "" where it is not read."""
        for kind in self.kinds:
            if _arch_matches(kind.archs, arch) and within(kind.runs, release):
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
