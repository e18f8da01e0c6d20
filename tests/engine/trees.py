"""Guest configs from Python values."""

from __future__ import annotations

from typing import TypeAlias

from xlcfg.model.settings import Settings
from xlcfg.syntax.guest import read_guest

#: a string, a number, or a list of these
Plain: TypeAlias = "str | int | list[Plain]"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def render(pairs: list[tuple[str, Plain]]) -> bytes:
    """The text of one `name=value` line for each pair; `("name+", value)` makes a `+=`."""
    lines = [f"{name}={_value(plain)}\n" for name, plain in pairs]
    return "".join(lines).encode("latin-1")


def _value(plain: Plain) -> str:
    if isinstance(plain, int):
        return str(plain)
    if isinstance(plain, str):
        return '"' + "".join(_ESCAPES.get(char, char) for char in plain) + '"'
    return "[" + "".join(_value(item) + "," for item in plain) + "]"


def settings(text: bytes) -> Settings:
    return Settings(read_guest(text.decode("latin-1")))
