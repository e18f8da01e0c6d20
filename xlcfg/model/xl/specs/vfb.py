"""`vfb`: framebuffers of PV guests.  Unknown keys pass, a word without `=` ends the string."""

from __future__ import annotations

from xlcfg.model.xl.ctext import atoi, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.session import Session

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


def read(session: Session, key: str) -> None:
    atoms = session.strings(key)
    if atoms is None:
        return
    framebuffers = []
    for atom in atoms:
        fields: dict[str, object] = {}
        for at, word in words(atom.text):
            name, equals, value = word.partition("=")
            if not equals:
                session.say_at("spec.stops", key, atom, at, len(atom.text), text=word)
                break
            known = _KEYS.get(name)
            if known is None:
                session.say_word("vfb.unknown-key", key, atom, at, name, accepted=list(_KEYS))
                continue
            group, field, kind = known
            place = at + len(name) + 1
            if kind != "text" and value.strip("0123456789-+ "):
                session.say_word("spec.read-as-zero", key, atom, place, value, value=atoi(value))
            result: object = value
            if kind != "text":
                result = atoi(value) if kind == "int" else atoi(value) != 0
            fields[f"{group}.{field}" if group else field] = result
        framebuffers.append(fields)
    session.values[key] = framebuffers
