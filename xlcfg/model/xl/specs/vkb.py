"""`vkb`: virtual keyboards and pointers."""

from __future__ import annotations

from xlcfg.model.xl.ctext import strtoul, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_FEATURES = ("disable-keyboard", "disable-pointer", "abs-pointer", "raw-pointer", "multi-touch")
_SIZES = ("multi-touch-width", "multi-touch-height", "multi-touch-num-contacts", "width", "height")
_NAMES = (
    "backend",
    "backend-type",
    "unique-id",
    *("feature-" + feature for feature in _FEATURES),
    *_SIZES,
)
_BACKENDS = ("qemu", "linux")


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    keyboards = []
    for atom in atoms:
        fields: dict[str, object] = {}
        bad = False
        for at, word in words(atom.text):
            name, equals, value = word.partition("=")
            place = at + len(name) + 1
            if not equals or name not in _NAMES:
                bad = True
                reader.report_word("spec.unknown-key", key, atom, at, name, accepted=list(_NAMES))
            elif name == "backend-type":
                if value.lower() in (*_BACKENDS, "unknown"):
                    fields["backend_type"] = value.lower()
                else:
                    bad = True
                    args = {"name": name, "accepted": list(_BACKENDS)}
                    reader.report_word("spec.unknown-value", key, atom, place, value, **args)
            elif name == "backend":
                fields["backend_domname"] = value
            elif name == "unique-id":
                fields["unique_id"] = value
            elif name in _SIZES:
                number = strtoul(value, 0)[0] & 0xFFFFFFFF
                number = reader.fits(key, atom, place, name, value, number, 0)
                fields[name.replace("-", "_")] = number
            else:
                fields[name.replace("-", "_")] = strtoul(value, 0)[0] != 0
        if not bad:
            if fields.get("backend_type", "unknown") == "unknown":
                reader.report_word("vkb.no-backend-type", key, atom, 0, atom.text)
            sizes = [fields.get(name.replace("-", "_")) for name in _SIZES[:3]]
            if any(sizes):
                fields["feature_multi_touch"] = True
            elif fields.get("feature_multi_touch"):
                reader.report_word("vkb.no-touch-size", key, atom, 0, atom.text)
        keyboards.append(fields)
    reader.values[key] = keyboards
