"""`virtio`: virtio devices with a backend outside of the device model."""

from __future__ import annotations

from xlcfg.model.xl.ctext import strtok, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_NAMES = ["backend", "type", "transport", "grant_usage"]


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is not None:
        reader.values[key] = [_one(reader, key, atom) for atom in atoms]


def _one(reader: ConfigReader, key: str, atom: Atom) -> dict[str, object]:
    fields: dict[str, object] = {}
    found = strtok(atom.text, ",")
    i = 0
    while i < len(found):
        at, word = found[i]
        i += 1
        bare = word.lstrip(" ")
        at += len(word) - len(bare)
        name, equals, value = bare.partition("=")
        place = at + len(name) + 1
        if name == "type" and equals and value.startswith("virtio"):
            # this type holds a comma: the next word belongs to it
            if i == len(found):
                reader.report_word("virtio.no-device", key, atom, at, bare)
                return fields
            value += "," + found[i][1]
            i += 1
        if not equals or name not in _NAMES:
            reader.report_word("spec.unknown-key", key, atom, at, name, accepted=_NAMES)
        elif name == "transport":
            if value.lower() in ("mmio", "unknown"):
                fields[name] = value.lower()
            else:
                args = {"name": name, "accepted": ["mmio"]}
                reader.report_word("spec.unknown-value", key, atom, place, value, **args)
        elif name == "grant_usage":
            number, end = strtoul(value, 0)
            fields[name] = number != 0
            if end != len(value) or not value:
                reader.report_word("virtio.grant-usage", key, atom, place, value, value=number)
        else:
            fields["backend_domname" if name == "backend" else name] = value
    return fields
