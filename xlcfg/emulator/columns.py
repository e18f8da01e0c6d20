"""Boot traces in columns: what lines say in one, when they were written in another.

The lines of a trace differ in little but their time. So 65,536 of them at a time are kept as the
texts that occur, without their times; the number of its text for each line; and the time of each
line as the difference to the one before. The lines come out again byte by byte. The form is
described in docs/trace-format.md.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from os.path import isfile
from struct import Struct

from xlcfg.source.opening import open_plain

from .events import MAX_LINE, TraceError

MAGIC = b"\x93XLCFGTRACE\x01\r\n"
HEAD = Struct("<III")  # length of the header line, its CRC-32 beginning with its number, that
CHUNK = Struct("<IIII")  # lines, size, size when unpacked, CRC-32
PARTS = Struct("<IIBB")  # texts, their size, bytes of a number, bytes of a time
END = Struct("<IIQ")  # 0, flags, lines
READS = 1  # flag: a guest may read its areas
LINES = 1 << 16
TEXT = 1 << 22
#: Bytes that the lines of a chunk come to, before and after the last of them.
WHOLE = 1 << 26
_MAX_WHOLE = WHOLE + MAX_LINE + 1
_MAX_SIZE = TEXT + MAX_LINE + LINES * 16
_BLOCK = 1 << 16
CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
MARK = b"\0"
#: A text with the mark where a time was cut out.
_TIMED = re.compile(rb'\+[^\0\\]*"t": ?\0[,}][^\0\\]*')


class Chunk:
    """Some lines: `texts` with MARK for the time, for each line the number of its text, and the
    times of those lines that have MARK. `first` is the number of the first line.
    """

    __slots__ = ("first", "ids", "texts", "times")

    def __init__(self, first: int, texts: list[bytes], ids: array[int], times: list[int]) -> None:
        self.first = first
        self.texts = texts
        self.ids = ids
        self.times = times


class Columns:
    """A trace in columns, from blocks of bytes that begin with MAGIC. Raises `TraceError`.

    `reads` says whether its guest may read its areas; what is not known is taken for true.
    """

    def __init__(self, blocks: Iterator[bytes | str], path: str | None) -> None:
        self._blocks = blocks
        self._held = b""
        self._take(len(MAGIC))
        length, crc, self.header_number = HEAD.unpack(self._take(HEAD.size))
        if length > MAX_LINE:
            raise _damaged()
        self.header_line = self._take(length)
        if zlib.crc32(self.header_line, self.header_number) != crc or b"\n" in self.header_line:
            raise _damaged()
        self.reads = True
        self._flags: int | None = None
        if path is not None and isfile(path):  # a pipe cannot be looked at from its end
            with open_plain(path) as file:
                if file.read(len(MAGIC)) == MAGIC:
                    file.seek(-END.size, 2)
                    self._flags = END.unpack(file.read())[1]
                    self.reads = bool(self._flags & READS)

    def _take(self, size: int) -> bytes:
        pieces, held = [self._held], len(self._held)
        while held < size:
            block = next(self._blocks, b"")
            if not isinstance(block, bytes):
                raise _damaged()
            if not block:
                raise TraceError(0, "truncated: the trace in columns ends in the middle")
            pieces.append(block)
            held += len(block)
        whole = b"".join(pieces)
        self._held = whole[size:]
        return whole[:size]

    def chunks(self) -> Iterator[Chunk]:
        """The trace, without its header."""
        first, clock, total = self.header_number + 1, 0, 0
        while True:
            lines, size, unpacked, crc = CHUNK.unpack(self._take(CHUNK.size))
            if not lines:
                # the end is as long as the head of a chunk
                _, flags, recorded = END.unpack(CHUNK.pack(lines, size, unpacked, crc))
                if recorded != total or flags > READS or self._flags not in (None, flags):
                    raise _damaged()
                if self._held or next(self._blocks, b""):
                    raise _damaged()  # such as two traces in one file
                return
            if lines > LINES or unpacked > _MAX_SIZE or size > _MAX_SIZE:
                raise _damaged()
            data = self._take(size)
            if zlib.crc32(data) != crc:
                raise _damaged()
            try:
                unit = zlib.decompressobj()
                whole = unit.decompress(data, unpacked + 1)
            except zlib.error:
                raise _damaged() from None
            if len(whole) != unpacked or not unit.eof:
                raise _damaged()
            chunk = _unpacked(first, lines, whole, clock)
            clock = chunk.times[-1] if chunk.times else clock
            yield chunk
            first += lines
            total += lines

    def lines(self) -> Iterator[bytes]:
        """The trace as blocks of whole lines, without its header."""
        for chunk in self.chunks():
            times = iter(chunk.times)
            out: list[bytes] = []
            size = 0
            for number in chunk.ids:
                text = chunk.texts[number]
                line = text.replace(MARK, b"%d" % next(times)) if text[:1] == b"+" else text
                out.append(line[1:])
                size += len(line)
                if size > _BLOCK:
                    yield b"\n".join(out) + b"\n"
                    out, size = [], 0
            if out:
                yield b"\n".join(out) + b"\n"


def _unpacked(first: int, lines: int, whole: bytes, clock: int) -> Chunk:
    if len(whole) < PARTS.size:
        raise _damaged()
    number, size, wide, long = PARTS.unpack_from(whole)
    at = PARTS.size + size
    # Every text and every time is that of a line: more would be paid for, but never read.
    if wide not in CODES or long not in CODES or number > lines:
        raise _damaged()
    rest = len(whole) - at - lines * wide
    if rest % long or not 0 <= rest <= lines * long:
        raise _damaged()
    if whole.count(b"\n", PARTS.size, at) != number - 1:
        raise _damaged()
    texts = whole[PARTS.size : at].split(b"\n")
    ids = array(CODES[wide])
    gaps = array(CODES[long])
    ids.frombytes(whole[at : at + lines * wide])
    gaps.frombytes(whole[at + lines * wide :])
    if sys.byteorder == "big":
        ids.byteswap()
        gaps.byteswap()
    times = list(accumulate(gaps, initial=clock))[1:]
    timed = [_TIMED.fullmatch(text) is not None for text in texts]
    plain = all(one or text[:1] == b"=" for one, text in zip(timed, texts, strict=True))
    if not plain or max(ids) >= number or (times and times[-1] >> 63):
        raise _damaged()
    longest = max(map(len, texts))
    if longest * lines > _MAX_WHOLE and sum([len(texts[i]) for i in ids]) > _MAX_WHOLE:
        raise _damaged()
    wanted = lines if all(timed) else looked_up(ids, timed).count(1) if any(timed) else 0
    if wanted != len(times):
        raise _damaged()
    return Chunk(first, texts, ids, times)


def looked_up(ids: array[int], table: Sequence[int]) -> bytes:
    """What `table`, of bytes, has for each number."""
    if ids.typecode == "B":
        return ids.tobytes().translate(bytes(table[:256]).ljust(256, b"\0"))
    return bytes(map(table.__getitem__, ids))


def _damaged() -> TraceError:
    return TraceError(0, "damaged: the trace in columns does not match its checksums")
