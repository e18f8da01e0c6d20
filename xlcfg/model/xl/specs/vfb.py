"""`vfb`: framebuffers of PV guests.  Unknown keys pass, a word without `=` ends the string."""

from __future__ import annotations

from xlcfg.model.xl.ctext import atoi, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

#: name -> (group, field, kind)
_KEYS = {
    "vnc": ("vnc", "enable", "bool"),
    "vnclisten": ("vnc", "listen", "text"),
    "vncpasswd": ("vnc", "passwd", "text"),
    "vncdisplay": ("vnc", "display", "int"),
    "vncunused": ("vnc", "findunused", "bool"),
    "keymap": ("", "keymap", "text"),
    "sdl": ("sdl", "enable", "bool"),
    "opengl": ("sdl", "opengl", "bool"),
    "display": ("sdl", "display", "text"),
    "xauthority": ("sdl", "xauthority", "text"),
}


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    framebuffers = []
    for atom in atoms:
        fields: dict[str, object] = {}
        for at, word in words(atom.text):
            name, equals, value = word.partition("=")
            if not equals:
                reader.report_at("spec.stops", key, atom, at, len(atom.text), text=word)
                break
            known = _KEYS.get(name)
            if known is None and word == "type=vnc":
                # xend's word for what every vfb is
                reader.report_word("vfb.type", key, atom, at, word)
                continue
            if known is None:
                reader.report_word("vfb.unknown-key", key, atom, at, name, accepted=list(_KEYS))
                continue
            group, field, kind = known
            place = at + len(name) + 1
            if kind != "text" and value.strip("0123456789-+ "):
                reader.report_word("spec.read-as-zero", key, atom, place, value, value=atoi(value))
            result: object = value
            if kind == "int":
                result = reader.fits(key, atom, place, name, value, atoi(value), 10)
            elif kind != "text":
                result = atoi(value) != 0
            fields[f"{group}.{field}" if group else field] = result
        framebuffers.append(fields)
    reader.values[key] = framebuffers
