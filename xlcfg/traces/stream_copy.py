"""Traces that come as a stream: boot traces are read as they come, recordings need a file.

The readers of recordings take a path, and some go over it twice; what they get is a copy in the
system's directory for temporary files, which is gone when they are done.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from lzma import LZMADecompressor, LZMAError
from typing import IO, TYPE_CHECKING, Any

from xlcfg.emulator import TraceError
from xlcfg.source.paths import SIZE_LIMIT

if TYPE_CHECKING:
    from xlcfg.checks.linter import Linter

_PIECE = 1 << 16


def from_stream(stream: IO[bytes], linter: Linter, domain: int | None) -> tuple[Any, Any]:
    """As `xlcfg.traces.replaying.find_lines`, for an open file. Raises TraceError, OSError."""
    head = b""
    while len(head) < _PIECE and (piece := stream.read(_PIECE)):
        head += piece
    # A plugin is asked about everything, and asks for a path.
    if linter.hooks.manager is None and _unpacked(head).lstrip()[:1] in (b"{", b""):
        return None, _Whole(head, stream)
    handle, path = tempfile.mkstemp(prefix="xlcfg-")
    copy = _Copy(path)
    with os.fdopen(handle, "wb") as file:
        size = 0
        piece = head
        while piece:
            size += len(piece)
            if size > SIZE_LIMIT:
                raise TraceError(
                    0, f"a recording of more than {SIZE_LIMIT // 2**20} MiB has to be a local file"
                )
            file.write(piece)
            piece = stream.read(1 << 20)
    _close(stream)
    lines = linter.hooks.first("xlcfg_read_trace", path=path, domain=domain)
    if lines is None:
        return None, _Whole(b"", copy)
    return _Lines(lines, copy), None


def _unpacked(head: bytes) -> bytes:
    try:
        if head[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(head, _PIECE)
        if head[:6] == b"\xfd7zXZ\0":
            return LZMADecompressor(memlimit=1 << 27).decompress(head, _PIECE)
    except (zlib.error, LZMAError, EOFError):
        return b""  # the trace reader says what is wrong with it
    return head


def _close(stream: Any) -> None:
    close = getattr(stream, "close", None)
    if close is not None:
        close()


class _Whole:
    """A stream whose beginning has been read."""

    def __init__(self, head: bytes, stream: Any) -> None:
        self.head = head
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        piece, self.head = self.head, b""
        return piece or bytes(self.stream.read(size))

    def __del__(self) -> None:
        _close(self.stream)


class _Copy:
    """A file that is there as long as this."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def read(self, size: int) -> bytes:
        """Up to `size` bytes."""
        if self._file is None:
            self._file = open(self.path, "rb")  # noqa: SIM115 - closed below
        return self._file.read(size)

    def close(self) -> None:
        """Done with it."""
        if self._file is not None:
            self._file.close()

    def __del__(self) -> None:
        self.close()
        try:
            os.unlink(self.path)
        except OSError:
            pass


class _Lines:
    """What a plugin made of a copy, which stays until it is read."""

    def __init__(self, lines: Any, copy: _Copy) -> None:
        self.lines = lines
        self.copy = copy

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __getattr__(self, name: str) -> Any:
        # `info()`, where the plugin has one
        return getattr(self.lines, name)
