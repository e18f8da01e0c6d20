"""Completion: keys, values, and the words of device strings, for one release and guest type."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlcfg import catalogue
from xlcfg.catalogue.page import kind_in_words
from xlcfg.lsp.cursor import Cursor, cursor_at
from xlcfg.lsp.words import entry_words, is_number, values
from xlcfg.source.kinds import CPUPOOL, GUEST, XL_CONF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.lsp.analysis import Analysis


class Proposal(NamedTuple):
    """One completion: `label` is shown, `text` replaces the bytes from `start` to the cursor.

    `kind` is "key", "value" or "word"; `rank` orders (lower first), then the label; `about` is one
    line; `deprecated` says that another key has replaced this one.
    """

    label: str
    text: str
    start: int
    kind: str
    rank: int = 0
    about: str = ""
    deprecated: bool = False


def complete(analysis: Analysis, offset: int) -> list[Proposal]:
    """What can be written at a byte offset; of boot lines and device trees nothing is known."""
    kind = analysis.kind
    if kind not in (GUEST, XL_CONF, CPUPOOL):
        return []
    cursor = cursor_at(analysis.source.text, offset)
    if cursor.kind == "comment":
        return []
    if kind != GUEST:
        return list(_host_keys(analysis, cursor)) if cursor.kind == "key" else []
    target = analysis.target
    if cursor.kind == "key":
        ending = "" if cursor.assigned else " = "
        return list(_keys(analysis, cursor.start, ending))
    option = target.catalogue.guest_option(cursor.key)
    if option is None:
        return []
    if cursor.kind == "string" and option.detail.get("grammar"):
        begun, words = entry_words(option, cursor.text, target.release)
        if words:
            start = offset - len(begun)
            return [
                Proposal(w.text, w.text + "=" * w.takes_value, start, "word", about=w.about)
                for w in words
            ]
    quoted = cursor.kind == "string"
    found = []
    for word in values(option, target.release):
        bare = quoted or is_number(option, word.text)
        if quoted and is_number(option, word.text):
            continue
        text = word.text if bare else f'"{word.text}"'
        found.append(Proposal(word.text, text, cursor.start, "value", about=word.about))
    return found


#: Settings of a cpupool and what they are, as xl reads them.
_CPUPOOL = {
    "name": "string",
    "sched": "name of a scheduler",
    "cpus": "CPU list",
    "nodes": "list of NUMA nodes",
}


def _host_keys(analysis: Analysis, cursor: Cursor) -> Iterator[Proposal]:
    """The keys of xl.conf or of a cpupool's config."""
    ending = "" if cursor.assigned else " = "
    if analysis.kind == CPUPOOL:
        for name, about in _CPUPOOL.items():
            yield Proposal(name, name + ending, cursor.start, "key", about=about)
        return
    for name, option in catalogue.xl_conf_options().items():
        if catalogue.alive(option["runs"], analysis.target.release):
            about = kind_in_words(str(option.get("kind", "")))
            yield Proposal(name, name + ending, cursor.start, "key", about=about)


def _keys(analysis: Analysis, start: int, ending: str) -> Iterator[Proposal]:
    target = analysis.target
    guest = analysis.latest()
    kind = analysis.guest_type
    settings = [] if guest is None else guest.document.settings
    # The setting under the cursor is the one being renamed.
    given = {s.name for s in settings if not s.start <= start <= s.name_end}
    for option in target.catalogue.guest_options():
        if not option.is_read(target.release, target.arch):
            continue
        rank = 0
        if kind is not None and kind not in option.guest_types:
            rank = 2
        elif option.name in given:
            rank = 1
        deprecated = bool(option.replacement)
        yield Proposal(
            option.name,
            option.name + ending,
            start,
            "key",
            rank + 3 * deprecated,
            ", ".join(option.guest_types) if rank == 2 else kind_in_words(option.kind),
            deprecated,
        )
