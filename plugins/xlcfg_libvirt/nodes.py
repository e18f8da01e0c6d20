"""Elements of XML to be written."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

#: what XML 1.0 has no way to write
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Node:
    """An element to be written."""

    def __init__(self, tag: str, text: str = "", **attributes: object) -> None:
        self.tag = tag
        self.text = text
        self.attributes = {name: str(value) for name, value in attributes.items()}
        self.children: list[Node] = []

    def add(self, tag: str, text: str = "", **attributes: object) -> Node:
        """Append a child; the child."""
        child = Node(tag, text, **attributes)
        self.children.append(child)
        return child

    def lines(self, indent: str = "") -> list[str]:
        """The element's lines."""
        head = self.tag + "".join(f" {n}={_quoted(v)}" for n, v in self.attributes.items())
        if not self.children:
            if not self.text:
                return [f"{indent}<{head}/>"]
            return [f"{indent}<{head}>{escape(_unicode(self.text))}</{self.tag}>"]
        inner = [line for child in self.children for line in child.lines(indent + "  ")]
        return [f"{indent}<{head}>", *inner, f"{indent}</{self.tag}>"]


def _unicode(text: str) -> str:
    """Bytes-as-Latin-1 text as characters; what is no UTF-8, or not for XML, becomes U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text.encode("latin-1").decode("utf-8", "replace"))


def _quoted(text: str) -> str:
    entities = {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
    return quoteattr(_unicode(text), entities)
