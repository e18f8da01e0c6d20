"""`vsnd`: sound cards, each a list of strings that start with `card`, `pcm` or `stream`."""

from __future__ import annotations

from xlcfg.model.xl.ctext import words
from xlcfg.model.xl.specs.pairs import cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_FORMATS = [
    "s8",
    "u8",
    "s16_le",
    "s16_be",
    "u16_le",
    "u16_be",
    "s24_le",
    "s24_be",
    "u24_le",
    "u24_be",
    "s32_le",
    "s32_be",
    "u32_le",
    "u32_be",
    "f32_le",
    "f32_be",
    "f64_le",
    "f64_be",
    "iec958_subframe_le",
    "iec958_subframe_be",
    "mu_law",
    "a_law",
    "ima_adpcm",
    "mpeg",
    "gsm",
]
_NUMBERS = ("channels-min", "channels-max", "buffer-size")
_PARAMETERS = ("sample-rates", "sample-formats", *_NUMBERS)
_OWN = {
    "card": ("backend", "short-name", "long-name"),
    "pcm": ("name",),
    "stream": ("unique-id", "type"),
}


def read(reader: ConfigReader, key: str) -> None:
    items = reader.items(key)
    if items is None:
        return
    cards = []
    for item in items:
        if not item.is_list:
            reader.report("spec.not-a-list", key, item.start, item.end, text=item.text)
            continue
        card: dict[str, object] = {"pcms": []}
        for atom in reader.until_nested(key, item.items):
            _item(reader, key, atom, card)
        cards.append(card)
    reader.values[key] = cards


def _item(reader: ConfigReader, key: str, atom: Atom, card: dict[str, object]) -> None:
    found = words(atom.text)
    if not found:
        return
    at, kind = found[0]
    kind = kind.lower()
    if kind not in _OWN:
        reader.report_word("spec.unknown-key", key, atom, at, found[0][1], accepted=list(_OWN))
        return
    pcms = card["pcms"]
    assert isinstance(pcms, list)
    target: dict[str, object] = card
    if kind == "pcm" or (kind == "stream" and not pcms):
        pcms.append({"streams": []})
    if kind != "card":
        target = pcms[-1]
    if kind == "stream":
        streams = target["streams"]
        assert isinstance(streams, list)
        target = {}
        streams.append(target)
    for at, word in found[1:]:
        if not _parameter(reader, key, atom, at, word, kind, target):
            return


def _parameter(
    reader: ConfigReader,
    key: str,
    atom: Atom,
    at: int,
    word: str,
    kind: str,
    target: dict[str, object],
) -> bool:
    """One `name=value`; False when xl stops there."""
    name, equals, value = word.partition("=")
    place = at + len(name) + 1
    accepted = [*_PARAMETERS, *_OWN[kind]]
    if not equals or name not in accepted:
        reader.report_word("spec.unknown-key", key, atom, at, name, accepted=accepted)
        return False
    field = name.replace("-", "_")
    if name in _NUMBERS:
        number = reader.strtoul(value, 0)[0] & 0xFFFFFFFF
        target[field] = reader.fits(key, atom, place, name, value, number, 0)
    elif name in ("sample-rates", "sample-formats"):
        parts = cut(value, ";")
        if not parts:
            reader.report_word("spec.empty-list", key, atom, place, value, name=name)
            return False
        if name == "sample-rates":
            rates = [(reader.strtoul(part, 0)[0] & 0xFFFFFFFF, i, part) for i, part in parts]
            target[field] = [reader.fits(key, atom, place + i, name, p, n, 0) for n, i, p in rates]
        else:
            for offset, part in parts:
                if part.lower() not in _FORMATS:
                    args = {"name": name, "accepted": _FORMATS}
                    reader.report_word(
                        "spec.unknown-value", key, atom, place + offset, part, **args
                    )
                    return False
            target[field] = [part.lower() for _, part in parts]
    elif name == "type":
        if value.lower() not in ("p", "c"):
            args = {"name": name, "accepted": ["p", "c"]}
            reader.report_word("spec.unknown-value", key, atom, place, value, **args)
            return False
        target[field] = value.lower()
    else:
        target["backend_domname" if name == "backend" else field] = value
    return True
