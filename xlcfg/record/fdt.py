"""Puts nodes and properties into a flattened device tree."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from xlcfg.record.errors import RecordError

_MAGIC = 0xD00D_FEED
_BEGIN, _END, _PROPERTY, _NOP = 1, 2, 3, 4
_HEADER = struct.Struct(">10I")


@dataclass
class Node:
    """A node with its properties as bytes, in order, and its children."""

    name: str
    properties: dict[str, bytes] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


def cells(*values: int) -> bytes:
    """Numbers of 32 bits, as device trees have them."""
    return struct.pack(f">{len(values)}I", *values)


def wide(*values: int) -> bytes:
    """Numbers of 64 bits, in two cells each."""
    return struct.pack(f">{len(values)}Q", *values)


def text(*words: str) -> bytes:
    """A list of strings."""
    return b"".join(word.encode() + b"\0" for word in words)


def add_to(blob: bytes, path: str, node: Node) -> bytes:
    """The tree with the properties and children of `node` added to the node at `path`, which has
    to be a child of the root. RecordError when the tree is damaged or lacks it.
    """
    try:
        return _add_to(blob, path.strip("/"), node)
    except (struct.error, ValueError, IndexError) as error:
        raise RecordError(f"the machine's device tree is damaged: {error}") from None


def _add_to(blob: bytes, name: str, node: Node) -> bytes:
    (magic, total, structs, strings, reserved, version, last, boot, strings_size, size) = (
        _HEADER.unpack_from(blob)
    )
    if magic != _MAGIC or len(blob) < total:
        raise ValueError("it is none, or is cut")
    body = blob[structs : structs + size]
    texts = bytearray(blob[strings : strings + strings_size])
    properties, children = _places(body, name)
    words = b"".join(_property(texts, n, v) for n, v in node.properties.items())
    nodes = b"".join(_node(texts, child) for child in node.children)
    body = body[:properties] + words + body[properties:children] + nodes + body[children:]
    # what comes before the structure stays: the header, and memory that is reserved
    out = bytearray(blob[:structs]) + body
    place = len(out)
    out += texts
    out += bytes(-len(out) % 8)
    header = (magic, len(out), structs, place, reserved, version, last, boot, len(texts), len(body))
    _HEADER.pack_into(out, 0, *header)
    if structs < reserved:
        raise ValueError("its parts are in no known order")
    return bytes(out)


def _places(body: bytes, name: str) -> tuple[int, int]:
    """Where the properties of the root's child begin, and where it ends."""
    at = depth = 0
    inside = begins = -1
    while True:
        (token,) = struct.unpack_from(">I", body, at)
        here = at
        at += 4
        if token == _BEGIN:
            end = body.index(b"\0", at)
            found = body[at:end].decode("ascii", "replace")
            at = (end + 4) & ~3
            depth += 1
            if depth == 2 and found == name:
                inside, begins = depth, at
        elif token == _END:
            if depth == inside:
                return begins, here
            depth -= 1
        elif token == _PROPERTY:
            (size,) = struct.unpack_from(">I", body, at)
            at += (8 + size + 3) & ~3
        elif token != _NOP:
            raise ValueError(f"it has no /{name}")


def _property(texts: bytearray, name: str, value: bytes) -> bytes:
    word = name.encode() + b"\0"
    place = texts.find(b"\0" + word) + 1
    if place == 0 and not texts.startswith(word):
        place = len(texts)
        texts += word
    return cells(_PROPERTY, len(value), place) + value + bytes(-len(value) % 4)


def _node(texts: bytearray, node: Node) -> bytes:
    name = node.name.encode() + b"\0"
    out = cells(_BEGIN) + name + bytes(-len(name) % 4)
    out += b"".join(_property(texts, n, v) for n, v in node.properties.items())
    out += b"".join(_node(texts, child) for child in node.children)
    return out + cells(_END)
