"""`vtpm`, `pvcalls` and `p9`: comma lists of name=value with a handful of names."""

from __future__ import annotations

from xlcfg.model.xl.ctext import ULONG_MAX, int32, strtoul, words
from xlcfg.model.xl.specs.pairs import cut, pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_FIELDS = {"backend": "backend_domname"}
_NAMES = {
    "vtpm": ["backend", "uuid"],
    "pvcalls": ["backend"],
    "p9": ["tag", "security_model", "path", "backend"],
}
_P9_TYPES = ("qemu", "xen_9pfsd")
_P9_NUMBERS = ("max-files", "max-open-files", "max-space")
_P9_REQUIRED = ("path", "security_model", "tag")


def is_uuid(text: str) -> bool:
    """What libuuid takes: 8-4-4-4-12 hexadecimal digits."""
    if len(text) != 36:
        return False
    for i, char in enumerate(text):
        if char not in ("-" if i in (8, 13, 18, 23) else "0123456789abcdefABCDEF"):
            return False
    return True


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    devices = []
    # up to 4.18 a p9 entry starts with what the entries before it have set
    inherited: dict[str, object] = {}
    for atom in atoms:
        if key == "p9" and reader.minor >= 18:
            fields = _p9(reader, key, atom)
        else:
            fields = _old(reader, key, atom, inherited)
        if key == "p9":
            if reader.minor < 19 and key not in reader.broken:
                _require(reader, key, atom, fields)
            inherited = dict(fields) if reader.minor < 18 else {}
        elif key == "vtpm" and "backend_domname" not in fields and key not in reader.broken:
            reader.report_word("vtpm.no-backend", key, atom, 0, atom.text)
        devices.append(fields)
    reader.values[key] = devices


def _require(reader: ConfigReader, key: str, atom: Atom, fields: dict[str, object]) -> None:
    missing = [name for name in _P9_REQUIRED if name not in fields]
    if missing:
        reader.report_word("p9.missing", key, atom, 0, atom.text, missing=missing)


def _old(
    reader: ConfigReader, key: str, atom: Atom, inherited: dict[str, object]
) -> dict[str, object]:
    """The usual loop: a word without `=` ends the string silently."""
    fields = dict(inherited)
    names = _NAMES[key]
    for at, word in words(atom.text):
        name, equals, value = word.partition("=")
        if not equals:
            reader.report_at("spec.stops", key, atom, at, len(atom.text), text=word)
            break
        if name not in names:
            reader.report_word("spec.unknown-key", key, atom, at, name, accepted=names)
            continue
        if name == "uuid" and not is_uuid(value):
            reader.report_word("uuid.bad", key, atom, at + len(name) + 1, value)
        fields[_FIELDS.get(name, name)] = value
    return fields


def _p9(reader: ConfigReader, key: str, atom: Atom) -> dict[str, object]:
    """`p9` since 4.18: every word must be a pair; more names since 4.19."""
    fields: dict[str, object] = {}
    names = list(_NAMES["p9"])
    if reader.minor >= 19:
        names += ["type", *_P9_NUMBERS, "auto-delete"]
    found = cut(atom.text, ",")
    if not found:
        reader.report_word("spec.empty", key, atom, 0, atom.text)
        return fields
    for at, word in found:
        halves = pair(word, "=", reader.minor, trim=True)
        if halves is None:
            reader.report_word("spec.no-value", key, atom, at, word)
            continue
        name, value = halves
        place = at + word.find("=") + 1
        if name not in names:
            reader.report_word("spec.unknown-key", key, atom, at, name, accepted=names)
        elif name == "type":
            if value.lower() in (*_P9_TYPES, "unknown"):
                fields[name] = value.lower()
            else:
                args = {"name": name, "accepted": list(_P9_TYPES)}
                reader.report_word("spec.unknown-value", key, atom, place, value, **args)
        elif name in _P9_NUMBERS:
            number, end = strtoul(value, 10)
            if end == 0 or number == ULONG_MAX:
                reader.report_word("spec.not-a-number", key, atom, place, value)
            else:
                number = reader.fits(key, atom, place, name, value, int32(number), 10)
                fields[name.replace("-", "_")] = number
        elif name == "auto-delete":
            fields["auto_delete"] = reader.strtoul(value, 0)[0] != 0
        else:
            fields[_FIELDS.get(name, name)] = value
    if fields.get("type") == "xen_9pfsd" and "path" not in fields:
        fields["path"] = "/var/log/xen/guests/" + str(reader.values.get("name", ""))
    return fields
