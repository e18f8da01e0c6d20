"""Reader for boot traces: JSON Lines, a header and then one event per line.

A source is a path, a file object or an iterable of lines; gzip, xz and the form in columns are
recognised by their first bytes. Whatever the source, at most one line and one block of input are
held. A line that cannot be understood raises `TraceError`, which names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from os import PathLike, fspath
from typing import IO, Any, cast

from xlcfg.source.opening import open_plain

from .events import (
    FORMAT,
    MAX_LINE,
    VERSION,
    BadEventError,
    Event,
    Header,
    TraceError,
    clock_error,
    decode_event,
    decode_header,
    parse_line,
    short,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .columns import Columns

#: Small enough that a block, cut into lines, stays in a CPU's cache.
_BLOCK = 1 << 16
#: The first byte of a trace in columns, which is none of UTF-8; see `columns`.
_COLUMNS = b"\x93"

Source = str | PathLike[str] | IO[bytes] | IO[str] | Iterable[bytes] | Iterable[str]


class Reader:
    """An open trace: `header`, and iteration over its events, once. `header_line` is its text.

    `columns` is the trace in columns, if it is kept so; it is read instead of `blocks`, or by it.

    The header is read on construction. Use as a target manager, or leave closing to the end of
    the iteration; a file object that was passed in is never closed.
    """

    def __init__(self, source: Source) -> None:
        self._close: list[Callable[[], object]] = []
        try:
            self._tail = b""  # a last line that no newline ends
            self.columns: Columns | None = None
            blocks = _open(source, self._close)
            first = next(blocks, b"")
            blocks = chain((first,), blocks)
            if first[:1] == _COLUMNS:
                from .columns import Columns

                path = fspath(source) if isinstance(source, (str, PathLike)) else None
                self.columns = Columns(blocks, path)
                line, self.header_number = self.columns.header_line, self.columns.header_number
                self._blocks, self._rest = self.columns.lines(), b""
            else:
                self._blocks = self._split(blocks)
                self.header_number, line, self._rest = self._first_line()
            self.header_line = line
            self.header = _read_header(self.header_number, line, line == self._tail)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what the reader opened itself."""
        while self._close:
            self._close.pop()()

    def _split(self, blocks: Iterator[bytes | str]) -> Iterator[bytes]:
        """Blocks of whole lines, each ending in a newline. Sets `_tail` if the last has none."""
        carry: list[bytes] = []  # pieces of a line whose end has not been read
        held = 0
        for piece in blocks:
            block = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
            end = block.rfind(b"\n") + 1
            if not end:
                carry.append(block)
                held += len(block)
                if held > MAX_LINE:
                    raise TraceError(0, f"not a trace: a line of more than {MAX_LINE} bytes")
                continue
            carry.append(block[:end])
            yield b"".join(carry) if len(carry) > 1 else carry[0]
            carry, held = [], len(block) - end
            if held:
                carry.append(block[end:])
        if carry:
            self._tail = b"".join(carry)
            yield self._tail + b"\n"

    def _first_line(self) -> tuple[int, bytes, bytes]:
        number = 0
        for block in self._blocks:
            start = 0
            while start < len(block):
                end = block.index(b"\n", start)
                line, start = block[start:end], end + 1
                number += 1
                if line and not line.isspace():
                    return number, line, block[start:]
        raise TraceError(0, f"not a trace: empty; the first line must be a {FORMAT} header")

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """(number of the first line, whole lines) for the rest of the trace; consumes the reader.

        Every line ends in a newline, the last one of the trace too.
        """
        number = self.header_number + 1
        for block in self.texts():
            yield number, block
            number += block.count(b"\n")

    def texts(self) -> Iterator[bytes]:
        """`blocks` without the numbers."""
        rest, self._rest = self._rest, b""
        try:
            yield from chain((rest,) if rest else (), self._blocks)
        finally:
            self.close()

    def event(self, number: int, line: bytes) -> tuple[str, int | None, tuple[Any, ...]]:
        """Decode one line in full; raises `TraceError` with an explanation."""
        obj = parse_line(number, line, last=line == self._tail)
        try:
            return decode_event(obj, self.header)
        except BadEventError as error:
            from .schema import explain_event

            raise TraceError(number, explain_event(obj, str(error))) from None

    def __iter__(self) -> Iterator[Event]:
        clock = -1
        for number, block in self.blocks():
            for at, line in enumerate(block[:-1].split(b"\n"), number):
                if not line or line.isspace():
                    continue
                ev, t, args = self.event(at, line)
                if t is not None:
                    if t < clock:
                        raise clock_error(at, t, clock)
                    clock = t
                yield Event(at, ev, t, args)


def _read_header(number: int, line: bytes, last: bool) -> Header:
    try:
        obj = parse_line(number, line, last=last)
    except TraceError as wrong:
        raise TraceError(wrong.line, f"not a trace: {wrong.message}") from None
    if type(obj) is not dict or obj.get("trace") != FORMAT:
        raise TraceError(number, f'not a trace: the first line has no "trace": "{FORMAT}"')
    version = obj.get("version")
    if type(version) is not int or version != VERSION:
        raise TraceError(number, f"wrong version: {short(version)}; this reader knows {VERSION}")
    try:
        return decode_header(obj)
    except BadEventError as error:
        from .schema import explain_header

        raise TraceError(number, explain_header(obj, str(error))) from None


# -- sources ------------------------------------------------------------------------------------


def _open(source: Source, close: list[Callable[[], object]]) -> Iterator[bytes | str]:
    """Blocks of the source's content, decompressed."""
    if isinstance(source, (str, PathLike)):
        file = open_plain(fspath(source), pipes=True)
        close.append(file.close)
        return _read_file(file)
    if hasattr(source, "read"):
        return _read_file(cast("IO[bytes] | IO[str]", source))
    return _from_lines(cast("Iterable[bytes | str]", source))


def _from_lines(lines: Iterable[bytes | str]) -> Iterator[bytes | str]:
    held: list[bytes] = []
    for line in lines:
        data = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
        held.append(data if data.endswith(b"\n") else data + b"\n")
        if len(held) >= 256 or len(data) > _BLOCK:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def _read_file(file: IO[bytes] | IO[str]) -> Iterator[bytes | str]:
    # read1 hands over what a pipe has now, so that a live trace is not held back.
    read: Callable[[int], Any] = getattr(file, "read1", None) or file.read
    first = read(_BLOCK)
    if isinstance(first, bytes):
        while first and len(first) < 6:  # a pipe may deliver less than a magic number
            more = read(_BLOCK)
            if not more:
                break
            first += more
    if isinstance(first, bytes) and first[:2] == b"\x1f\x8b":
        import zlib

        yield from _decompress(first, read, lambda: zlib.decompressobj(31), "gzip")
    elif isinstance(first, bytes) and first[:6] == b"\xfd7zXZ\x00":
        import lzma

        yield from _decompress(first, read, lambda: lzma.LZMADecompressor(memlimit=1 << 27), "xz")
    else:
        block = first
        while block:
            yield block
            block = read(_BLOCK)


def _decompress(
    block: bytes, read: Callable[[int], bytes], new: Callable[[], Any], name: str
) -> Iterator[bytes]:
    """Decompressed blocks of bounded size, through any number of concatenated members."""
    import zlib
    from lzma import LZMAError

    unit = new()
    fresh = False
    try:
        while True:
            if unit.eof:
                block = (unit.unused_data or read(_BLOCK)).lstrip(b"\0") or read(_BLOCK)
                if not block:
                    return
                unit, fresh = new(), True
            data = unit.decompress(block, _BLOCK)
            if data:
                yield data
            if unit.eof:
                continue
            if name == "gzip":
                block = unit.unconsumed_tail or read(_BLOCK)
                starved = not block
            else:
                block = read(_BLOCK) if unit.needs_input else b""
                starved = unit.needs_input and not block
            if starved:
                raise TraceError(0, f"truncated: the {name} data end in the middle")
    except (zlib.error, LZMAError) as error:
        if fresh:
            return  # trailing bytes after the compressed data are not ours to judge
        raise TraceError(0, f"not a trace: broken {name} data ({error})") from None
