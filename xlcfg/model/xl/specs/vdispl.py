"""`vdispl`: virtual displays."""

from __future__ import annotations

from xlcfg.model.xl.ctext import words
from xlcfg.model.xl.specs.pairs import cut, pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_NAMES = ["backend", "be-alloc", "connectors"]


def _resolution(reader: ConfigReader, text: str) -> tuple[int, int, int]:
    """`sscanf(text, "%ux%u")`: `(matched, width, height)`, matched -1 for a blank text."""
    if not text.strip(" \t\n\v\f\r"):
        return -1, 0, 0
    width, end = reader.scan(text, 10)
    if end < 0:
        return 0, 0, 0
    if text[end : end + 1] != "x":
        return 1, width & 0xFFFFFFFF, 0
    height, stop = reader.scan(text, 10, end + 1)
    if stop < 0:
        return 1, width & 0xFFFFFFFF, 0
    return 2, width & 0xFFFFFFFF, height & 0xFFFFFFFF


def _connectors(reader: ConfigReader, key: str, atom: Atom, at: int, text: str) -> list[object]:
    found = cut(text, ";")
    if not found:
        reader.report_word("vdispl.empty-connectors", key, atom, at, text)
        return []
    connectors: list[object] = []
    for offset, word in found:
        halves = pair(word, ":", reader.minor, trim=False)
        if halves is None:
            reader.report_word("vdispl.no-resolution", key, atom, at + offset, word)
            return connectors
        matched, width, height = _resolution(reader, halves[1])
        if matched in (-1, 1):
            reader.report_word("vdispl.bad-resolution", key, atom, at + offset, word)
            return connectors
        connector = {"unique_id": halves[0], "width": width, "height": height}
        if matched == 2:
            wide, _, high = halves[1].partition("x")
            start = at + offset + len(halves[0]) + 1
            reader.fits(key, atom, start, "the width", wide, width, 10)
            reader.fits(key, atom, start + len(wide) + 1, "the height", high, height, 10)
        connectors.append(connector)
        if matched == 0:
            # xl prints a message and leaves the remaining connectors empty
            reader.report_word("vdispl.lost-resolution", key, atom, at + offset, word)
            return connectors + [{} for _ in found[len(connectors) :]]
    return connectors


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    displays = []
    for atom in atoms:
        fields: dict[str, object] = {}
        bad = False
        for at, word in words(atom.text):
            name, equals, value = word.partition("=")
            if not equals or name not in _NAMES:
                bad = True
                reader.report_word("spec.unknown-key", key, atom, at, name, accepted=_NAMES)
            elif name == "backend":
                fields["backend_domname"] = value
            elif name == "be-alloc":
                fields["be_alloc"] = reader.strtoul(value, 0)[0] != 0
            else:
                fields["connectors"] = _connectors(reader, key, atom, at + 11, value)
        if not bad and "connectors" not in fields:
            reader.report_word("vdispl.no-connector", key, atom, 0, atom.text)
        displays.append(fields)
    reader.values[key] = displays
