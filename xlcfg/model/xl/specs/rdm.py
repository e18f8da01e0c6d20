"""`rdm`: reserved device memory.  xl drops a string it cannot read and goes on.

Since 4.15 the test behind `policy=` is the wrong way round: a good policy makes xl drop the whole
string, a bad one is kept.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_POLICIES = ("strict", "relaxed")


def read(reader: ConfigReader, key: str) -> None:
    atom = reader.atom(key)
    if atom is None:
        return
    text = atom.text
    fields: dict[str, object] = {}
    at = 0
    while True:
        equals = text.find("=", at)
        if equals < 0:
            reader.report_word("rdm.dropped", key, atom, at, text[at:])
            return
        comma = text.find(",", equals)
        stop = len(text) if comma < 0 else comma
        name, value = text[at:equals], text[equals + 1 : stop]
        if name == "strategy":
            if value != "host":
                reader.report_word("rdm.dropped", key, atom, equals + 1, value)
                return
            fields[name] = value
        elif name == "policy":
            known = value.lower() in (*_POLICIES, "invalid")
            if reader.minor < 15:
                if value not in _POLICIES:
                    reader.report_word("rdm.dropped", key, atom, equals + 1, value)
                    return
                fields[name] = value
            elif known:
                reader.report_word("rdm.policy-drops", key, atom, at, text[at:stop])
                return
            else:
                args = {"accepted": list(_POLICIES)}
                reader.report_word("rdm.unknown-policy", key, atom, equals + 1, value, **args)
        else:
            reader.report_word("rdm.dropped", key, atom, at, name)
            return
        if comma < 0:
            break
        at = comma + 1
    reader.values[key] = fields
