"""Answers of servers of the web: only what is whole and is what was asked for is a file.

aiohttp takes part of a file, no file at all and a page about where the file has gone for an answer,
and the beginning of what is packed and cut for all of it.
"""

from __future__ import annotations

import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: A file, and a file that somebody on the way has changed.
_WHOLE = (200, 203)
_PACKED = ("gzip", "x-gzip", "deflate")
#: zlib's word for: with the header of gzip or of zlib.
_EITHER_HEADER = 47
_PIECE = 1 << 16

#: What is said of errors of aiohttp's, by their names.
WORDS = {
    "TooManyRedirects": "it redirects without end",
    "NonHttpUrlRedirectClientError": "it redirects to what is not of the web",
    "InvalidUrlRedirectClientError": "it redirects to no address",
    "ServerDisconnectedError": "the server closes the connection without an answer",
    "ClientPayloadError": "it ends before it is complete",
}


class WebError(OSError):
    """Why an answer is no file."""


class WebFile:
    """The body of an answer, unpacked, as a file that is read once. Raises WebError.

    `opened` is fsspec's file around aiohttp's response, which is not to unpack anything itself.
    """

    def __init__(self, opened: Any) -> None:
        self._opened = opened
        self._unpacker: Any = None
        self._rest = b""
        response = opened.r
        try:
            if response.status not in _WHOLE:
                raise WebError(
                    f"the server answers {response.status} {response.reason or ''}".rstrip()
                )
            packing = response.headers.get("Content-Encoding", "").strip().lower()
            if packing in _PACKED:
                self._unpacker = zlib.decompressobj(_EITHER_HEADER)
            elif packing not in ("", "identity"):
                raise WebError(f"it is packed in a way that is not known: {packing[:40]}")
        except WebError:
            opened.close()
            raise

    def __enter__(self) -> WebFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Done with it."""
        self._opened.close()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        if self._unpacker is None:
            data: bytes = self._opened.read(size)
            return data
        while True:
            packed = self._rest or self._opened.read(min(size, _PIECE))
            if not packed:
                if not self._unpacker.eof:
                    raise WebError(WORDS["ClientPayloadError"])
                return b""
            if self._unpacker.eof:  # one more member behind the first
                self._unpacker = zlib.decompressobj(_EITHER_HEADER)
            try:
                piece: bytes = self._unpacker.decompress(packed, size)
            except zlib.error:
                raise WebError("it is not packed as the server says") from None
            self._rest = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if piece:
                return piece
