"""`channel`: named consoles."""

from __future__ import annotations

from xlcfg.model.xl.specs.pairs import cut, pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_CONNECTIONS = ("pty", "socket")
_NAMES = ["backend", "name", "path", "connection"]


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is not None:
        reader.values[key] = [_one(reader, key, atom) for atom in atoms]


def _one(reader: ConfigReader, key: str, atom: Atom) -> dict[str, object]:
    fields: dict[str, object] = {}
    found = cut(atom.text, ",")
    if not found:
        reader.report_word("spec.empty", key, atom, 0, atom.text)
        return fields
    path = None
    bad = False
    for at, word in found:
        halves = pair(word, "=", reader.minor, trim=True)
        if halves is None:
            bad = True
            reader.report_word("spec.no-value", key, atom, at, word)
            continue
        name, value = halves
        if name == "path":
            path = value
        elif name == "backend":
            fields["backend_domname"] = value
        elif name == "name":
            fields["name"] = value
        elif name == "connection":
            if value in _CONNECTIONS:
                fields["connection"] = value
            else:
                bad = True
                place = at + word.find("=") + 1
                args = {"name": name, "accepted": list(_CONNECTIONS)}
                reader.report_word("spec.unknown-value", key, atom, place, value, **args)
        else:
            reader.report_word("channel.unknown-key", key, atom, at, name, accepted=_NAMES)
    if not bad:
        if "connection" not in fields:
            reader.report_word("channel.no-connection", key, atom, 0, atom.text)
        elif fields["connection"] == "socket":
            if path is None:
                reader.report_word("channel.no-path", key, atom, 0, atom.text)
            else:
                fields["path"] = path
        if "name" not in fields:
            reader.report_word("channel.no-name", key, atom, 0, atom.text)
    return fields
