"""Strings with no escapes but those they need."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(.)")


def simplest(raw: str) -> str:
    """A quoted string in its own quotes, or in the others where that saves it escapes."""
    if "\\" not in raw or "\0" in raw:
        return raw
    quote = raw[0]
    other = "'" if quote == '"' else '"'
    found = {match[1] for match in _ESCAPE.finditer(raw, 1, len(raw) - 1)}
    if not found.isdisjoint("01234567"):
        # What libxlutil takes for such an escape reaches further than one character.
        return raw
    body = raw[1:-1]
    if quote in found and other not in body:
        body = _ESCAPE.sub(lambda m: quote if m[1] == quote else m[0], body)
        quote = other
    elif other in found:
        body = _ESCAPE.sub(lambda m: other if m[1] == other else m[0], body)
    return quote + body + quote
