"""What the real `xl create` of a release makes of a parsed guest config.

`read` follows xl and libxl key by key, up to the hypercall that creates the domain, and gives a
`Reading`: what xl would use, and in xl's order everything it refuses, dies of, skips or changes.
xl stops at its first refusal; `read` goes on as long as what it reports stays certain. Behind that
stands what refuses the domain once it exists (`xlcfg.model.xl.late`).
"""

from __future__ import annotations

from xlcfg.model.xl.outcome import FATAL, Outcome
from xlcfg.model.xl.reader import UNSTABLE, ConfigReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.host import Host
    from xlcfg.model.settings import Settings

__all__ = ["Outcome", "Reading", "read"]


class Reading:
    """What xl makes of a config.

    `guest_type` is "pv", "pvh", "hvm" or None when xl refuses to tell. `outcomes` are in the order
    xl meets them. `refused`: xl exits non-zero, or dies, before it creates the domain. `values`
    holds what xl would use, by key: sizes in KiB (libxl's unsigned 64 bits), other numbers as libxl
    keeps them, booleans, texts, lists, and for device strings a dict of libxl's fields; a key xl
    ignores is absent. `kernel_line` is the command line made of `cmdline`, `root` and `extra`.
    """

    __slots__ = ("guest_type", "outcomes", "refused", "values")

    def __init__(
        self, guest_type: str | None, outcomes: list[Outcome], values: dict[str, object]
    ) -> None:
        self.guest_type = guest_type
        self.outcomes = outcomes
        self.values = values
        self.refused = any(outcome.effect in FATAL for outcome in outcomes)


def read(settings: Settings, release: str, arch: str, host: Host | None = None) -> Reading:
    """What xl of `release` ("4.4".."4.22", "unstable") makes of `settings`.

    `arch` is one of `xlcfg.model.target.ARCHITECTURES`. UnknownReleaseError for another release.
    """
    from xlcfg.catalogue import XEN, release_index
    from xlcfg.model.xl import checks, create, late

    release_index(release)
    minor = UNSTABLE if release == "unstable" else int(release.partition(".")[2])
    reader = ConfigReader(settings, minor, arch, host)
    for name, setting in settings.by_name.items():
        option = XEN.guest_option(name)
        if option is None or not option.is_parsed(release):
            reader.unread.add(name)
            kind = "key.unknown" if option is None else "key.other-release"
            facts = {"first": option.first, "last": option.last} if option is not None else {}
            reader.report(kind, name, setting.start, setting.name_end, release=release, **facts)
    unread = reader.outcomes
    reader.outcomes = []
    create.run(reader)
    checks.run(reader)
    late.run(reader)
    values = reader.values
    for name in ("max_vcpus", "max_memkb", "vnuma_vcpus", "vnuma_memkb"):
        values.pop(name, None)
    if reader.minor < 13:
        create.old_syntax(reader)
    return Reading(reader.guest, reader.outcomes + unread, values)
