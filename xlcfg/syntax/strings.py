"""What libxlutil makes of a quoted string: imported where one has a backslash or a NUL in it."""

from __future__ import annotations

import re

from xlcfg.syntax.tree import Aborts


class EscapeError(Exception):
    """A backslash sequence in a string that libxlutil refuses; `at` indexes the raw text."""

    def __init__(self, at: int, kind: str) -> None:
        super().__init__(kind, at)
        self.at = at
        self.kind = kind


_SIMPLE_ESCAPES = {
    '"': '"',
    "'": "'",
    "\\": "\\",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_DECIMAL = re.compile(r"[ \t\v\f\r]*[+-]?[0-9]+")


def unquote(raw: str) -> str:
    """The text of a quoted string `raw` as libxlutil stores it.

    Raises EscapeError for a sequence it refuses and Aborts (offset within `raw`) where its
    assertions fail, which only a NUL byte can cause.
    """
    nul = raw.find("\0")
    if nul >= 0:
        # libxlutil takes the length up to the NUL and asserts that the quotes still match.
        raw = raw[:nul]
        if len(raw) < 2 or raw[0] != raw[-1]:
            raise Aborts(nul)
    elif "\\" not in raw:
        return raw[1:-1]
    out: list[str] = []
    end = len(raw) - 1
    at = 1
    while at < end:
        slash = raw.find("\\", at, end)
        if slash < 0:
            out.append(raw[at:end])
            break
        out.append(raw[at:slash])
        if slash + 1 >= end:
            raise Aborts(slash)
        char = raw[slash + 1]
        plain = _SIMPLE_ESCAPES.get(char)
        if plain is not None:
            out.append(plain)
            at = slash + 2
        elif char in "01234567":
            # The first digit is eaten, up to three characters are then read as a decimal number
            # of which at least two must belong to it, and its value is thrown away.
            number = _DECIMAL.match(raw, slash + 2, min(slash + 5, len(raw)))
            if number is None or number.end() - slash - 2 < 2:
                raise EscapeError(slash, "digits")
            at = number.end()
            if at > end:
                raise Aborts(slash)
        else:
            raise EscapeError(slash, "hex" if char == "x" else "unknown")
    return "".join(out)
