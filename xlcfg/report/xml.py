"""What the XML formats share."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from xlcfg.core.screen import safe

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def text(value: str) -> str:
    """`value` on one line; what XML cannot hold, or a terminal or CI server obeys, is shown."""
    return safe(value)


def tag(element: str, /, *, close: bool = False, **attributes: object) -> str:
    """A start tag, or with `close` an empty element."""
    pairs = "".join(f" {key}={quoteattr(text(str(value)))}" for key, value in attributes.items())
    return f"<{element}{pairs}{'/' if close else ''}>\n"
