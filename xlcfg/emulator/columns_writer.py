"""Writing boot traces in columns; `columns` says what that is, and reads them."""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections.abc import Iterator

from .columns import CHUNK, CODES, END, HEAD, LINES, MAGIC, MARK, PARTS, READS, TEXT, WHOLE
from .trace import Reader

_TIME = re.compile(rb'("t": ?)(0|[1-9][0-9]{0,17})(?=[,}])')


def pack(reader: Reader) -> Iterator[bytes]:
    """The rest of a trace in columns, its header too; consumes the reader."""
    head = reader.header_line
    number = reader.header_number
    yield MAGIC + HEAD.pack(len(head), zlib.crc32(head, number), number) + head
    texts: dict[bytes, int] = {}
    ids: list[int] = []
    gaps: list[int] = []
    size = whole = total = clock = flags = 0
    for block in reader.texts():
        for line in block[:-1].split(b"\n"):
            text = b"=" + line
            pieces = _TIME.split(line)
            if len(pieces) == 4 and MARK not in line and b"\\" not in line:
                before, name, digits, behind = pieces
                t = int(digits)
                if t >= clock:
                    text = b"+" + before + name + MARK + behind
                    gaps.append(t - clock)
                    clock = t
            number = texts.get(text)
            if number is None:
                number = texts[text] = len(texts)
                size += len(text)
                # an escape may spell the word
                flags |= READS * (b'"read"' in line or b"\\" in line)
            ids.append(number)
            whole += len(text)
            if len(ids) == LINES or size > TEXT or whole > WHOLE:
                yield _packed(texts, ids, gaps)
                total += len(ids)
                texts, ids, gaps, size, whole = {}, [], [], 0, 0
    if ids:
        yield _packed(texts, ids, gaps)
    yield END.pack(0, flags, total + len(ids))


def _packed(texts: dict[bytes, int], ids: list[int], gaps: list[int]) -> bytes:
    wide = _width(len(texts) - 1)
    long = _width(max(gaps, default=0))
    body = b"\n".join(texts)
    parts = PARTS.pack(len(texts), len(body), wide, long)
    whole = parts + body + _column(ids, wide) + _column(gaps, long)
    data = zlib.compress(whole, 6)
    return CHUNK.pack(len(ids), len(data), len(whole), zlib.crc32(data)) + data


def _width(most: int) -> int:
    return next(width for width in CODES if most < 1 << 8 * width)


def _column(numbers: list[int], width: int) -> bytes:
    column = array(CODES[width], numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()
