"""What the XML formats share."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

# What XML 1.0 has no way to write at all, and what a terminal obeys that shows the file.
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def text(value: str) -> str:
    """`value` with illegal and control characters shown as escapes."""
    return _ILLEGAL.sub(lambda m: f"\\x{ord(m[0]):02x}", value)


def tag(element: str, /, *, close: bool = False, **attributes: object) -> str:
    """A start tag, or with `close` an empty element."""
    pairs = "".join(f" {key}={quoteattr(text(str(value)))}" for key, value in attributes.items())
    return f"<{element}{pairs}{'/' if close else ''}>\n"
