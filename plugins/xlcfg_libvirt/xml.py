"""Domain XML as a tree whose elements, attributes and texts know their bytes in the file.

Read with expat and bounds: a document type is refused before any of it is looked at, so there are
no entities to expand and nothing outside the file is ever opened; depth, size and number of
elements have limits (`DEPTH` is libxml2's own).  Namespaces are resolved here, since libxml2,
unlike expat, takes a prefix that was never declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

#: libvirt's own protocol carries no longer text
SIZE = 4 * 1024 * 1024
ELEMENTS = 50_000
#: libxml2 reads no deeper either
DEPTH = 256

_NAME = r"[^\s=/<>\"']++"
_VALUE = r"\"[^\"]*+\"|'[^']*+'"
_ATTRIBUTES = re.compile(rf"({_NAME})\s*+=\s*+({_VALUE})")
_START_TAG = re.compile(rf"<[^\s/>]++(?:\s*+{_NAME}\s*+=\s*+(?:{_VALUE})|)*+\s*+/?+>")
_BLANK = " \t\r\n"


class NotRead(Exception):
    """The XML is refused: `ill_formed` tells whether libvirt refuses it too."""

    def __init__(self, message: str, offset: int, *, ill_formed: bool = False, cure: str = ""):
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.ill_formed = ill_formed
        self.cure = cure


class Value:
    """The text of an attribute or an element, and its bytes in the file (quotes excluded).

    `text` has one character per byte of its UTF-8 form, as every text in xlcfg.
    """

    __slots__ = ("end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end


class Element:
    """One element: `start`/`end` are those of its start tag, `name_end` ends its name there.

    `seen` and `seen_attributes` are what a reader asked for; the rest it cannot have understood.
    """

    __slots__ = (
        "attributes",
        "children",
        "end",
        "name_end",
        "namespace",
        "seen",
        "seen_attributes",
        "start",
        "tag",
        "text",
    )

    def __init__(self, tag: str, namespace: str, start: int, name_end: int, end: int) -> None:
        self.tag = tag
        self.namespace = namespace
        self.start = start
        self.name_end = name_end
        self.end = end
        self.attributes: dict[str, Value] = {}
        self.children: list[Element] = []
        self.text = Value("", end, end)
        self.seen = False
        self.seen_attributes: set[str] = set()

    def all(self, tag: str, namespace: str = "") -> list[Element]:
        """The children of that name."""
        found = [c for c in self.children if c.tag == tag and c.namespace == namespace]
        for child in found:
            child.seen = True
        return found

    def find(self, *path: str) -> Element | None:
        """The first child of that name, then its first child of the next name."""
        at: Element = self
        for tag in path:
            child = next((c for c in at.children if c.tag == tag and not c.namespace), None)
            if child is None:
                return None
            child.seen = True
            at = child
        return at

    def value(self, name: str) -> Value | None:
        """An attribute with its place."""
        self.seen_attributes.add(name)
        return self.attributes.get(name)

    def get(self, name: str, default: str = "") -> str:
        """An attribute's text."""
        value = self.value(name)
        return default if value is None else value.text

    def whole(self) -> None:
        """Take the element with all that is in it as understood."""
        self.seen = True
        self.seen_attributes.update(self.attributes)
        for child in self.children:
            child.whole()

    def walk(self) -> Iterator[Element]:
        """Every element below, in the order of the file."""
        for child in self.children:
            yield child
            yield from child.walk()


def parse(data: bytes) -> Element:
    """The root element. Raises `NotRead`."""
    if len(data) > SIZE:
        raise NotRead(f"it is larger than {SIZE // 2**20} MiB, which no domain is", 0)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise NotRead("xlcfg reads no XML in UTF-16", 0, cure="save it as UTF-8")
    builder = _Builder(data)
    parser = builder.parser
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        at = min(max(parser.ErrorByteIndex, 0), len(data))
        raise NotRead(expat.ErrorString(error.code) or "", at, ill_formed=True) from None
    except (ValueError, LookupError, TypeError):
        # an encoding that Python does not know, or knows and expat cannot use
        raise NotRead(
            "xlcfg cannot read XML in this encoding", 0, cure="save it as UTF-8"
        ) from None
    assert builder.root is not None
    return builder.root


class _Builder:
    def __init__(self, data: bytes) -> None:
        self.raw = data.decode("latin-1")
        self.root: Element | None = None
        self.open: list[Element] = []
        #: what each open element declares; nobody copies what holds from outside
        self.spaces: list[dict[str, str]] = []
        self.texts: list[list[str]] = []
        self.count = 0
        self.parser = parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_: object) -> None:
        raise NotRead(
            "xlcfg reads no XML with a document type",
            max(self.parser.CurrentByteIndex, 0),
            cure="remove the <!DOCTYPE ...>: a domain needs none",
        )

    def start(self, qname: str, flat: list[str]) -> None:
        at = self.parser.CurrentByteIndex
        self.count += 1
        if self.count > ELEMENTS:
            raise NotRead(f"it has more than {ELEMENTS} elements, which no domain has", at)
        if len(self.open) >= DEPTH:
            raise NotRead(f"its elements are nested more than {DEPTH} deep", at, ill_formed=True)
        # The bytes of the tag tell where each attribute is; expat only tells where the tag is.
        tag = _START_TAG.match(self.raw, at)
        name_end = at + 1 + len(qname.encode())
        end = tag.end() if tag else name_end
        names = flat[::2]
        places = [m.span(2) for m in _ATTRIBUTES.finditer(self.raw, name_end, end)]
        if len(places) != len(names):
            places = [(at, name_end)] * len(names)
        declared = {
            name.partition(":")[2]: value
            for name, value in zip(names, flat[1::2], strict=True)
            if name == "xmlns" or name.startswith("xmlns:")
        }
        self.spaces.append(declared)
        prefix, _, local = qname.rpartition(":")
        space = next((s[prefix] for s in reversed(self.spaces) if prefix in s), prefix)
        element = Element(local, space, at, name_end, end)
        for name, value, (start, stop) in zip(names, flat[1::2], places, strict=True):
            if name != "xmlns" and not name.startswith("xmlns:"):
                element.attributes[name] = Value(_bytes(value), start + 1, stop - 1)
        if self.open:
            self.open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)
        self.texts.append([])

    def characters(self, text: str) -> None:
        element = self.open[-1]
        texts = self.texts[-1]
        if not texts:
            text = text.lstrip(_BLANK)
            if not text:
                return
            at = self.parser.CurrentByteIndex
            while self.raw[at : at + 1] and self.raw[at] in _BLANK:
                at += 1
            element.text.start = element.text.end = at
        texts.append(text)

    def end(self, _: str) -> None:
        element = self.open.pop()
        texts = self.texts.pop()
        self.spaces.pop()
        if texts:
            text = _bytes("".join(texts).rstrip(_BLANK))
            start = element.text.start
            stop = start + len(text)
            if not self.raw.startswith(text, start):
                # entities or comments in it: up to where the element ends
                stop = max(self.raw.find("<", start), start)
            element.text = Value(text, start, stop)


def _bytes(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
