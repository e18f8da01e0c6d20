"""The words that a value, or an entry of a device's string, may have in one release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from xlcfg import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlcfg.catalogue import GuestOption

_BOOLEAN = {"bool-long", "defbool", "bool-or-enum", "defbool-or-list"}
_NUMERIC = {"long", "bounded-long", *_BOOLEAN}
#: in these the first part of a string is an address, not a word
_POSITIONAL_FIRST = {"pci"}


class Word(NamedTuple):
    """One word: `text`, what it is about, and whether a value is to follow its `=`."""

    text: str
    about: str = ""
    takes_value: bool = False


def values(option: GuestOption, release: str) -> list[Word]:
    """The values of a key, where the catalogue lists them; numbers stand for themselves."""
    detail = option.detail
    words: Iterable[Any] = detail.get("values") or detail.get("doc_values") or ()
    if not words and "enum" in detail:
        words = catalogue.enum(detail["enum"])["values"]
    if not words and "grammar" in detail:
        words = catalogue.grammar(detail["grammar"]).get("values", ())
    found = [Word(text) for text in _alive(words, release)]
    if option.kind in _BOOLEAN:
        known = {word.text for word in found}
        found += [w for w in (Word("0", "off"), Word("1", "on")) if w.text not in known]
    return found


def is_number(option: GuestOption, word: str) -> bool:
    """Whether a value may stand without quotes."""
    return word.isdecimal() and (option.kind in _NUMERIC or "numeric" in str(option.detail))


def entry_keys(option: GuestOption) -> dict[str, Mapping[str, Any]]:
    """The keys of a device's string by name; empty for a key whose strings have none."""
    name = option.detail.get("grammar")
    if not name:
        return {}
    return {key["name"]: key for key in catalogue.grammar(name).get("keys", ())}


def entry_words(option: GuestOption, before: str, release: str) -> tuple[str, list[Word]]:
    """What can go on from `before`, the beginning of a device's string.

    Returns the part of `before` that the words replace, and the words: keys, or after a `=` values.
    """
    parts = before.split(",")
    part = parts[-1].lstrip()
    name, equals, begun = part.partition("=")
    keys = entry_keys(option)
    if equals:
        key = keys.get(name.strip())
        return begun, [] if key is None else [Word(t) for t in _entry_values(option, key, release)]
    if len(parts) == 1 and option.detail.get("grammar") in _POSITIONAL_FIRST:
        return part, []
    used = {p.partition("=")[0].strip() for p in parts[:-1]}
    return part, [
        Word(key["name"], str(key.get("description", "")), key.get("type") != "flag")
        for key in keys.values()
        if key["name"] not in used and catalogue.alive(key["runs"], release)
    ]


def _entry_values(option: GuestOption, key: Mapping[str, Any], release: str) -> list[str]:
    words = key.get("values") or key.get("enum")
    if isinstance(words, str):
        words = catalogue.enum(words)["values"]
    if not words:
        words = catalogue.grammar(option.detail["grammar"]).get("enum", {}).get(key["name"], ())
    if not words and key.get("type") == "bool-int":
        words = ("0", "1")
    return _alive(words, release)


def _alive(words: Iterable[Any], release: str) -> list[str]:
    """The words a release knows; placeholders such as `<empty>` are not words."""
    found = []
    for word in words:
        text = str(word["value"] if isinstance(word, dict) else word)
        if isinstance(word, dict) and not catalogue.alive(word["runs"], release):
            continue
        if text and not set(text) & set("<> ="):
            found.append(text)
    return found
