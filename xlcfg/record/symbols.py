"""Function addresses of a stripped Xen, from the table that it carries for its own backtraces.

The table (`tools/symbols.c` of Xen makes it, in the manner of Linux's kallsyms) has six parts, in
this order: addresses in ascending order, their number, names compressed by byte pairs, a marker
for every 256th name, 256 tokens, and where each token begins. Nothing points to it from outside,
so it is found from its end: 256 ascending 16-bit numbers that fit the texts before them.
"""

from __future__ import annotations

import itertools
import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from xlcfg.record.errors import RecordError

#: Parts begin at multiples of up to this.
_PADDING = 260
_GIB = 1 << 30


class Symbol(NamedTuple):
    """Address, nm's letter for its kind (T and t: code), and name."""

    address: int
    kind: str
    name: str


class Symbols:
    """Addresses by name and names by address. A name that several files use keeps the first."""

    def __init__(self, symbols: list[Symbol]) -> None:
        self.all = symbols
        self.addresses: dict[str, int] = {}
        for one in symbols:
            # file-local names come as "file.c#name"
            self.addresses.setdefault(one.name.rpartition("#")[2], one.address)
        names: dict[int, str] = {}
        for one in symbols:
            if one.kind in "tT":
                names.setdefault(one.address, one.name.rpartition("#")[2])
        self._starts = sorted(names)
        self._names = names

    def find(self, *names: str) -> int:
        """The address of the first of these names that exists. RecordError when none does."""
        for name in names:
            if name in self.addresses:
                return self.addresses[name]
        raise RecordError(f"this Xen has no function {' or '.join(names)}")

    def function(self, address: int) -> str:
        """The function that an address is in, "" before the first."""
        at = bisect_right(self._starts, address) - 1
        return self._names[self._starts[at]] if at >= 0 else ""


def read_symbols(image: bytes) -> Symbols:
    """The symbols of a hypervisor's image. RecordError when it has no table that makes sense."""
    for end, starts in _token_indexes(image):
        try:
            found = _table(image, end, starts)
        except (IndexError, ValueError, struct.error):
            continue
        if found is not None:
            return Symbols(found)
    raise RecordError("this is no image of Xen with a table of symbols")


def _token_indexes(image: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(place, numbers) of what may say where each token begins."""
    for at in range(0, len(image) - 511, 4):
        if image[at] or image[at + 1] or not image[at + 2] or image[at + 3]:
            continue
        starts = struct.unpack_from("<256H", image, at)
        if all(0 < after - before < 64 for before, after in itertools.pairwise(starts)):
            yield at, starts


def _table(image: bytes, end: int, starts: tuple[int, ...]) -> list[Symbol] | None:
    last = end
    while last and not image[last - 1]:
        last -= 1
    first = image.rindex(b"\0", 0, last) + 1 - starts[255]
    if end - last > 300 or first <= 0 or any(image[first + at - 1] for at in starts[1:]):
        return None
    tokens = [image[first + at : image.index(b"\0", first + at)] for at in starts]
    if not all(32 <= byte < 127 for token in tokens for byte in token):
        return None
    for size, form in ((4, "<I"), (8, "<Q")):
        for padding in range(0, _PADDING, 4):
            markers, at = _markers(image, first - padding, size, form)
            if len(markers) <= 4:
                continue
            names = _first_name(image, markers, at)
            if names is not None:
                return _symbols(image, names, len(markers), tokens)
    return None


def _markers(image: bytes, end: int, size: int, form: str) -> tuple[list[int], int]:
    """The markers that end at `end`, and where they begin; none when they do not begin with 0."""
    markers: list[int] = []
    at = end
    while at >= size:
        at -= size
        value: int = struct.unpack_from(form, image, at)[0]
        if value > 1 << 22 or (markers and value >= markers[-1]):
            return [], at
        markers.append(value)
        if value == 0:
            return markers[::-1], at
    return [], at


def _first_name(image: bytes, markers: list[int], end: int) -> int | None:
    """Where the names begin: so that every 256th is where its marker says."""
    for first in range(end - markers[-1] - 1, max(0, end - markers[-1] - 26_600), -1):
        at = first
        for marker in markers[1:]:
            for _ in range(256):
                if at >= end:
                    break
                at += image[at] + 1
            if at - first != marker:
                break
        else:
            return first
    return None


def _symbols(image: bytes, first: int, blocks: int, tokens: list[bytes]) -> list[Symbol] | None:
    for place in range(first - 4, first - _PADDING - 4, -4):
        number: int = struct.unpack_from("<I", image, place)[0]
        if 256 * (blocks - 1) < number <= 256 * blocks:
            break
    else:
        return None
    texts = []
    at = first
    for _ in range(number):
        size = image[at]
        name = b"".join(tokens[token] for token in image[at + 1 : at + 1 + size])
        texts.append(name.decode("ascii"))
        at += size + 1
    addresses = _addresses(image, place, number)
    if addresses is None:
        return None
    return [Symbol(a, text[:1], text[1:]) for a, text in zip(addresses, texts, strict=True)]


def _addresses(image: bytes, end: int, number: int) -> list[int] | None:
    """The addresses before `end`: whole ones, or 32-bit distances from where Xen begins."""
    for size, form in ((8, "Q"), (4, "I")):
        for padding in range(0, _PADDING, 4):
            at = end - padding - size * number
            if at < 0:
                break
            values = struct.unpack_from(f"<{number}{form}", image, at)
            if values[-1] - values[0] >= 1 << 26 or (size == 8 and not values[0] >> 12):
                continue
            if any(x > y for x, y in itertools.pairwise(values)):
                continue
            base = _origin(image) if size == 4 else 0
            return [base + value for value in values]
    return None


def _origin(image: bytes) -> int:
    """The gigabyte that a Xen for x86 is linked to: where most of its pointers lead."""
    lead = b"\xd0\x82\xff\xff"
    counts: Counter[int] = Counter()
    at = image.find(lead, 4)
    while at >= 0:
        low = int.from_bytes(image[at - 4 : at], "little")
        counts[(0xFFFF82D0 << 32 | low) // _GIB * _GIB] += 1
        at = image.find(lead, at + 1)
    if not counts:
        raise RecordError("this image of Xen holds no pointer to itself")
    return counts.most_common(1)[0][0]
