"""Fixes of what xl makes of values: one function for each kind of outcome that has any."""

from __future__ import annotations

import re

from xlcfg.core.diagnostics import Fix
from xlcfg.syntax.printer import print_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.guest import Guest
    from xlcfg.model.xl.outcome import Outcome
    from xlcfg.syntax.tree import Atom, Setting

_TRUTH = {"true": 1, "yes": 1, "on": 1, "false": 0, "no": 0, "off": 0}
_SIZE = re.compile(r"[ \t]*([0-9]+)[ \t]*([kmgt])(?:i?b)?[ \t]*", re.IGNORECASE)
_KIB = {"k": 1, "m": 1024, "g": 1024**2, "t": 1024**3}
#: what their numbers count, in KiB
_IN_MIB = ("maxmem", "memory", "shadow_memory", "stubdomain_memory", "videoram", "mmio_hole",
           "rdm_mem_boundary")  # fmt: skip


def fix(guest: Guest, outcome: Outcome) -> Fix | None:
    """The fix of an outcome, None where nothing but its writer knows what was meant."""
    make = _FIXES.get(outcome.kind)
    return make(guest, outcome) if make is not None else None


def _whole(guest: Guest, outcome: Outcome) -> Setting | None:
    """The setting an outcome is about, when its value is written in one place."""
    setting = guest.settings.get(outcome.key)
    if setting is None or setting.op != "=":
        return None
    value = setting.value
    return setting if (value.start, value.end) == (outcome.start, outcome.end) else None


def _value(guest: Guest, outcome: Outcome, title: str, safe: bool, text: str) -> Fix | None:
    setting = _whole(guest, outcome)
    if setting is None or setting.value.is_list:
        return None
    return Fix(title, safe, [(outcome.start, outcome.end, text.encode("latin-1"))])


def _number(guest: Guest, outcome: Outcome) -> Fix | None:
    name = print_string(str(outcome.args["name"]))
    return _value(guest, outcome, f"write {name}", True, name)


def _type(guest: Guest, outcome: Outcome) -> Fix | None:
    name = print_string(str(outcome.args["value"]))
    return _value(guest, outcome, f"write {name}", True, name)


def _arguments(guest: Guest, outcome: Outcome) -> Fix | None:
    words = guest.reading.values.get(outcome.key)
    if not isinstance(words, list) or any("\0" in word for word in words):
        return None
    text = "[ " + ", ".join(print_string(word) for word in words) + " ]"
    return _value(guest, outcome, "write a list", True, text)


def _netdev(guest: Guest, outcome: Outcome) -> Fix | None:
    if guest.source.text[outcome.start : outcome.end] != "netdev":
        return None
    return Fix("write `gatewaydev`", True, [(outcome.start, outcome.end, b"gatewaydev")])


def _not_a_number(guest: Guest, outcome: Outcome) -> Fix | None:
    """A word for a truth value, or a size with its unit: xl ignored the line, so it is unsafe."""
    setting = _whole(guest, outcome)
    if setting is None or setting.value.is_list:
        return None
    text = setting.value.text
    number = _TRUTH.get(text.lower())
    if number is None and outcome.key in _IN_MIB:
        size = _SIZE.fullmatch(text)
        kib = int(size[1]) * _KIB[size[2].lower()] if size and len(size[1]) < 13 else 1
        number = None if kib % 1024 else kib // 1024
    if number is None:
        return None
    title = f"write {number}, which xl reads: the line takes effect then"
    return _value(guest, outcome, title, False, str(number))


def _disk(guest: Guest, outcome: Outcome) -> Fix | None:
    """A disk with an old prefix in today's words, when they read to the same disk."""
    atom = next((a for a in _atoms(guest, "disk") if a.start <= outcome.start < a.end), None)
    if atom is None:
        return None
    from xlcfg.model.xl.specs.disk import fields_of

    target = guest.target
    fields = fields_of(atom.text, target.release, target.arch)
    new = _modern(fields) if fields is not None else None
    if new is None or fields_of(new, target.release, target.arch) != fields:
        return None
    text = print_string(new)
    return Fix("write it without the old prefix", True,
               [(atom.start, atom.end, text.encode("latin-1"))])  # fmt: skip


def _atoms(guest: Guest, key: str) -> list[Atom]:
    return [item for item in guest.settings.items(key) or () if not item.is_list]


def _modern(fields: dict[str, object]) -> str | None:
    """TARGET,FORMAT,VDEV,ACCESS, with further parameters behind; None where that cannot say it."""
    known = {"pdev_path", "format", "vdev", "readwrite", "is_cdrom", "removable", "script"}
    if not known.issuperset(fields) or "pdev_path" not in fields:
        return None
    words = [fields["pdev_path"], fields["format"], fields["vdev"]]
    words.append("rw" if fields["readwrite"] else "ro")
    if fields["is_cdrom"]:
        words.append("devtype=cdrom")
    if "script" in fields:
        words.append(f"script={fields['script']}")
    return ",".join(map(str, words))


_FIXES: dict[str, Callable[[Guest, Outcome], Fix | None]] = {
    "bootloader_args.string": _arguments,
    "disk.old-prefix": _disk,
    "enum.number": _number,
    "number.not-a-number": _not_a_number,
    "number.silently-ignored": _not_a_number,
    "type.abbreviated": _type,
    "vif.netdev": _netdev,
}
