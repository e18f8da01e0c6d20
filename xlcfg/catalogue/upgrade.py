"""What moving a guest config or a command line from one Xen release to another breaks or changes.

Pure functions over plain data: names, texts and lists of texts, as a parser delivers them.
"""

from __future__ import annotations

import re
from collections import namedtuple
from itertools import pairwise

from xlcfg import catalogue
from xlcfg.catalogue import BootParameter, GuestOption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    #: a value of a guest config: a text (numbers too) or a list, nested as deep as one likes
    Value: TypeAlias = str | Sequence["Value"]

UpgradeFinding = namedtuple(
    "UpgradeFinding",
    ("release", "scope", "effect", "severity", "name", "message", "cure", "evidence"),
)
UpgradeFinding.__doc__ = """One thing that a release changes for a setting.

`release`: the first one on the way that has the change. `scope`: "guest" or "boot". `effect`:
"error" (refused, or reported by Xen), "ignored" (without effect), "default" (another outcome from
the same text), "new-meaning", "deprecated" or "support". `severity`: "error", "warning" or "info".
`name`: the key or parameter, also when it is its absence that counts. `cure` may be "".
`evidence`: commits of the Xen repository, or files and tags in it.
"""

_SEVERITY = {
    "error": "error",
    "ignored": "warning",
    "default": "warning",
    "new-meaning": "info",
    "deprecated": "info",
    "support": "info",
}


def upgrade_findings(
    settings: Mapping[str, Value],
    boot_words: Iterable[str],
    start: str,
    end: str,
    arch: str = "x86",
    *,
    guest: bool = True,
    boot: bool = True,
) -> list[UpgradeFinding]:
    """What each release after `start` up to `end` changes for exactly these settings, in order.

    `settings` are the winning settings of one guest config by key; `boot_words` the words of a Xen
    command line. `guest=False` or `boot=False` says that there is no such file, so that nothing is
    reported about what it leaves out. `start` and `end` are release lines; with `end` the older of
    the two, what the older release does not know is listed. Raises UnknownReleaseError.
    """
    first, last = catalogue.release_index(start), catalogue.release_index(end)
    lines = catalogue.releases()
    way = lines[first : last + 1] if first <= last else lines[last : first + 1][::-1]
    found: list[UpgradeFinding] = []
    words = dict(_split(word) for word in boot_words)
    if first <= last:
        found += _from_timeline(settings if guest else None, words if boot else None, way, arch)
    reported = {(f.release, f.scope, f.name) for f in found}
    for older, newer in pairwise(way):
        step = [*_guest_step(settings, older, newer, arch)] if guest else []
        step += [*_boot_step(words, older, newer, arch)] if boot else []
        # The timeline says it better where it says anything.
        found += [f for f in step if (f.release, f.scope, f.name) not in reported]
    order = {release: i for i, release in enumerate(way)}
    return sorted(found, key=lambda f: (order[f.release], f.scope != "guest", f.name))


def guest_type(settings: Mapping[str, Value], arch: str = "x86") -> str:
    """The guest type xl takes from `type` and `builder`: "pv", "pvh" or "hvm"."""
    text = settings.get("type")
    if isinstance(text, str):
        for kind in ("hvm", "pv", "pvh"):
            if kind.startswith(text):
                return kind
    builder = settings.get("builder")
    if isinstance(builder, str) and "hvm".startswith(builder):
        return "hvm"
    return "pv" if arch == "x86" else "pvh"


def _split(word: str) -> tuple[str, str]:
    """The parameter's name and the value; `no-x` counts as `x` where Xen reads it so."""
    name, _, value = word.partition("=")
    if name.startswith("no-"):
        return name.removeprefix("no-"), value or "no"
    return name, value


def _texts(value: Value) -> Iterator[str]:
    """Every text in a value, in order; lists may nest deeper than Python recurses."""
    stack: list[Value] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        else:
            stack.extend(reversed(item))


def _from_timeline(
    settings: Mapping[str, Value] | None,
    words: Mapping[str, str] | None,
    way: Sequence[str],
    arch: str,
) -> Iterator[UpgradeFinding]:
    from xlcfg.catalogue._compiled.timeline import DATA

    passed = set(way[1:])
    for entry in DATA["entries"]:
        scope = entry["scope"]
        values: Mapping[str, Value] | None = settings if scope == "guest" else words
        if entry["release"] not in passed or values is None or scope == "dom0less":
            continue
        types = entry.get("guest_types")
        if types and guest_type(values, arch) not in types:
            continue
        for group in entry.get("when", ()):
            if all(_holds(condition, values, scope, entry["release"], arch) for condition in group):
                yield _finding(
                    entry["release"],
                    scope,
                    entry["effect"],
                    group[0]["name"],
                    entry["change"],
                    entry.get("advice", ""),
                    entry["evidence"],
                    reported=scope == "boot" and entry["effect"] == "ignored",
                )


def _holds(
    condition: Mapping[str, Any],
    values: Mapping[str, Value],
    scope: str,
    release: str,
    arch: str,
) -> bool:
    name = condition["name"]
    find = catalogue.guest_option if scope == "guest" else catalogue.boot_parameter
    option = find(name)
    if condition.get("absent"):
        # Leaving a setting out means nothing where it does not exist at all.
        return name not in values and option is not None and option.is_read(release, arch)
    if name not in values:
        return False
    pattern = condition.get("pattern")
    return pattern is None or any(re.search(pattern, text) for text in _texts(values[name]))


def _guest_step(
    settings: Mapping[str, Value], older: str, newer: str, arch: str
) -> Iterator[UpgradeFinding]:
    for name, value in settings.items():
        option = catalogue.guest_option(name)
        if option is None or guest_type(settings, arch) not in option.parsed_types:
            continue
        before, after = option.is_parsed(older), option.is_parsed(newer)
        evidence = _evidence(option, older, newer)
        if before and not after:
            yield _finding(
                newer,
                "guest",
                "ignored",
                name,
                f"xl of {newer} does not read {name}, without a word.",
                _cure(option),
                evidence,
            )
        elif after and not before and option.is_read(newer, arch):
            yield _finding(
                newer,
                "guest",
                "new-meaning",
                name,
                f"xl of {newer} reads {name}, which had no effect so far.",
                "",
                evidence,
            )
        elif after and isinstance(value, str) and _lost(option, value, older, newer):
            yield _finding(
                newer,
                "guest",
                "error",
                name,
                f'xl of {newer} refuses {name} = "{value}".',
                "",
                evidence,
            )


def _lost(option: GuestOption, value: str, older: str, newer: str) -> bool:
    """Whether the older release takes the value and the newer one refuses it."""
    detail = option.detail
    if not detail.get("hard_error_if_invalid") or not ("enum" in detail or "values" in detail):
        return False
    table = catalogue.enum(detail["enum"]) if "enum" in detail else detail
    fold = table["match"] == "case-insensitive"
    for entry in table["values"]:
        if isinstance(entry, str):
            continue
        text = entry["value"]
        if text == value or (fold and text.lower() == value.lower()):
            alive = [catalogue.alive(entry["runs"], r) for r in (older, newer)]
            return alive == [True, False]
    return False


def _boot_step(
    words: Mapping[str, str], older: str, newer: str, arch: str
) -> Iterator[UpgradeFinding]:
    for name, value in words.items():
        parameter = catalogue.boot_parameter(name)
        if parameter is None or not parameter.runs:
            continue
        before, after = parameter.is_read(older, arch), parameter.is_read(newer, arch)
        reported = catalogue.release_index(newer) >= catalogue.release_index("4.10")
        says = "reports it as unknown" if reported else "ignores it without a word"
        evidence = _evidence(parameter, older, newer)
        if before and not after:
            yield _finding(
                newer,
                "boot",
                "ignored",
                name,
                f"Xen {newer} does not have the parameter {name} and {says}.",
                _cure(parameter),
                evidence,
                reported=reported,
            )
        elif after and not before:
            yield _finding(
                newer,
                "boot",
                "new-meaning",
                name,
                f"Xen {newer} has the parameter {name}, which had no effect so far.",
                "",
                evidence,
            )
        elif before and after:
            gone = parameter.takes(older) - parameter.takes(newer)
            for word in _elements(value):
                if word in gone:
                    cure = next(s.replacement for s in parameter.suboptions if s.name == word)
                    yield _finding(
                        newer,
                        "boot",
                        "error" if reported else "ignored",
                        name,
                        f"Xen {newer} does not take {word} in {name}.",
                        f"Write {cure} instead." if cure else "Drop the word.",
                        evidence,
                    )


def _elements(value: str) -> Iterator[str]:
    """The words of a list value: the part before `=`, also without a `no-`, also with its value."""
    for element in value.split(","):
        word = element.strip()
        yield word
        name = word.partition("=")[0]
        if name != word:
            yield name
        if name.startswith("no-"):
            yield name.removeprefix("no-")


def _cure(option: GuestOption | BootParameter) -> str:
    return f"Write {option.replacement} instead." if option.replacement else "Drop it."


def _evidence(option: GuestOption | BootParameter, older: str, newer: str) -> str:
    from xlcfg.catalogue._compiled.timeline import DATA

    tags = [DATA["checked_at"].get(release, release) for release in (older, newer)]
    what = "the keys xl reads" if isinstance(option, GuestOption) else "Xen's parameter tables"
    return f"{what} at {tags[0]} and {tags[1]}"


def _finding(
    release: str,
    scope: str,
    effect: str,
    name: str,
    message: str,
    cure: str,
    evidence: str,
    *,
    reported: bool = False,
) -> UpgradeFinding:
    severity = "error" if reported else _SEVERITY[effect]
    return UpgradeFinding(release, scope, effect, severity, name, message, cure, evidence)
