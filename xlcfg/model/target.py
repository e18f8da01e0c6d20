"""What a check is about: the Xen release, the machine, its boot line, which findings count."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from xlcfg.catalogue import Catalogue
    from xlcfg.core.host import Host
    from xlcfg.core.selection import CodeSelection
    from xlcfg.core.source import Source
    from xlcfg.syntax.cmdline import Boot

ARCHITECTURES = ("x86_64", "x86_32", "arm64", "arm32", "riscv64")


class Target:
    """What a check is about. Immutable; `replace` makes another.

    The annotations below are the one list of fields: copies, the cache's key and the form that
    travels to other machines come from it.
    """

    #: a release line ("4.17") or "unstable"
    release: str
    #: one of ARCHITECTURES
    arch: str
    #: asks for what released Xen does rather than for what the runstate options would do
    as_released: bool
    #: the machine, as far as it is known
    host: Host | None
    #: the downstream versions of xl whose keys count too
    dialects: tuple[str, ...]
    #: the host's boot command line
    boot: Boot | None
    #: the board's device tree, which scripts of U-Boot start from
    board: Source | None
    #: which findings count; None: all do
    selection: CodeSelection | None
    #: "pv", "pvh" or "hvm" where the settings of a project say what its guests are meant to be; it
    #: changes nothing of what xl makes of them
    guest_type: str
    #: whether somebody will ask how findings are fixed, however they are passed on
    fixes: bool
    #: names of what the command line itself says, which settings of a project cannot change
    given: tuple[str, ...]

    def __init__(self, release: str, arch: str, **more: Any) -> None:
        """`more`: any of the fields by name; TypeError for another name."""
        if not more.keys() <= _DEFAULTS.keys():
            raise TypeError(f"Target has no {', '.join(sorted(more.keys() - _DEFAULTS.keys()))}")
        self.__dict__.update(_DEFAULTS, release=release, arch=arch, _catalogue=None)
        self.__dict__.update(more)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a target does not change: use replace({name}=...)")

    def replace(self, **changes: Any) -> Target:
        """The same but for some fields; itself when nothing differs."""
        if all(self.__dict__[name] is value for name, value in changes.items()):
            return self
        other = Target(**{**{name: self.__dict__[name] for name in FIELDS}, **changes})
        if "release" not in changes and "dialects" not in changes:
            other.__dict__["_catalogue"] = self.__dict__["_catalogue"]
        return other

    def on(self, arch: str) -> Target:
        """This target for an input that says itself which architecture it is for.

        Itself for "" or its own architecture; "x86" and "arm" stand for all of that family,
        "device-tree" for all that boot from one, which x86 does not.
        """
        if not arch or self.arch.startswith(arch):
            return self
        if arch == "device-tree":
            return self if not self.arch.startswith("x86") else self.replace(arch="arm64")
        return self.replace(arch={"x86": "x86_64", "arm": "arm64"}.get(arch, arch))

    @property
    def catalogue(self) -> Catalogue:
        """The guest keys that count: Xen's, those of the dialects, and contributed ones."""
        known: Catalogue | None = self.__dict__["_catalogue"]
        if known is None:
            from xlcfg.catalogue import Catalogue, dialect_options

            known = Catalogue(guest=[o for name in self.dialects for o in dialect_options(name)])
            self.__dict__["_catalogue"] = known
        return known

    def with_catalogue(self, catalogue: Catalogue) -> Target:
        """The same with a catalogue that also has what plugins contribute."""
        if self.__dict__["_catalogue"] is catalogue:
            return self
        other = Target(**{name: self.__dict__[name] for name in FIELDS})
        other.__dict__["_catalogue"] = catalogue
        return other

    def key(self) -> tuple[Any, ...] | None:
        """Everything that findings depend on besides the input; None when that cannot be told."""
        out: list[tuple[str, Any]] = []
        for name in FIELDS:
            value = self.__dict__[name]
            if name == "boot" and value is not None:
                value = value.source.data
            elif name == "board" and value is not None:
                value = value.data
            elif name == "selection" and value is not None:
                value = (value.select, value.ignore, value.extend)
            if not _plain(value):
                return None
            out.append((name, value))
        return tuple(out)


#: The fields by name, in the order of the class.
FIELDS = tuple(Target.__annotations__)

_DEFAULTS: dict[str, Any] = {
    "as_released": False,
    "host": None,
    "dialects": (),
    "boot": None,
    "board": None,
    "selection": None,
    "guest_type": "",
    "fixes": False,
    "given": (),
}


def _plain(value: object) -> bool:
    if isinstance(value, tuple):
        return type(value) is tuple and all(map(_plain, value))
    return value is None or isinstance(value, (str, bytes, int))
