"""JSON-RPC 2.0 as the language server protocol frames it: messages over two streams of bytes.

A library would do this too; those there are import for longer than a cold check takes in all
(docs/performance.md). What cannot be read costs its sender an error, never the connection: the next
header that tells a length begins the next message.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002
CANCELLED = -32800

#: Longer messages are passed over, so that memory has a bound.
LARGEST = 128 * 1024 * 1024
_LONGEST_LINE = 64 * 1024
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n?\Z", re.IGNORECASE)


class RpcError(Exception):
    """What is answered instead of a result: `code` as JSON-RPC or the protocol number them."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read_body(stream: BinaryIO) -> bytes | None:
    """The next message as it is, None at the end of the stream.

    Raises RpcError for one that cannot be told from what follows it, and goes on behind it.
    """
    length = -1
    strange = False
    while line := stream.readline(_LONGEST_LINE):
        found = _LENGTH.search(line)
        if found is not None:
            length = int(found[1])
        elif line.strip():
            strange = strange or not line.lower().startswith(b"content-type")
        elif length >= 0:
            break
        elif strange:
            raise RpcError(PARSE_ERROR, "a message without a Content-Length was passed over")
    else:
        return None
    if length > LARGEST:
        while length > 0 and (part := stream.read(min(length, 1 << 20))):
            length -= len(part)
        raise RpcError(PARSE_ERROR, f"a message of more than {LARGEST} bytes was passed over")
    body = stream.read(length)
    return body if len(body) == length else None


def parse(body: bytes) -> dict[str, Any]:
    """The object that a message is; raises RpcError for anything else."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RpcError(PARSE_ERROR, f"this is no JSON: {error}") from None
    if not isinstance(message, dict):
        raise RpcError(INVALID_REQUEST, "a message is an object; there are no batches here")
    return message


class Channel:
    """Messages to and from one client.

    A thread reads them, so that whoever is busy can ask whether another one waits.
    """

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self._in = stdin
        self._out = stdout
        self._came: deque[dict[str, Any] | RpcError | None] = deque()
        self._any = threading.Condition()
        self._cancelled: set[int | str] = set()
        self._number = 0

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            came: dict[str, Any] | RpcError | None
            try:
                body = read_body(self._in)
                came = None if body is None else parse(body)
            except RpcError as error:
                came = error
            except (OSError, ValueError):  # the stream is gone
                came = None
            with self._any:
                if isinstance(came, dict) and came.get("method") == "$/cancelRequest":
                    self._cancel(came.get("params"))
                    continue
                self._came.append(came)
                self._any.notify()
            if came is None or (isinstance(came, dict) and came.get("method") == "exit"):
                return

    def _cancel(self, params: Any) -> None:
        """Note that nobody waits for an answer any more, if it has not been begun."""
        wanted = params.get("id") if isinstance(params, dict) else None
        for one in self._came:
            if isinstance(one, dict) and "method" in one and one.get("id") == wanted is not None:
                self._cancelled.add(one["id"])

    @property
    def waiting(self) -> bool:
        """Whether a message has come that nobody has taken."""
        return bool(self._came)

    def next(self, seconds: float | None) -> dict[str, Any] | None:
        """The next message; raises EOFError at the end, and TimeoutError after so many seconds.

        What was no message is answered here, and so are requests that were taken back.
        """
        while True:
            with self._any:
                if not self._any.wait_for(lambda: self._came, seconds):
                    raise TimeoutError
                came = self._came.popleft()
            if came is None:
                raise EOFError
            if isinstance(came, RpcError):
                self.fail(None, came)
            elif self._cancelled and _is_id(came.get("id")) and came.get("id") in self._cancelled:
                self._cancelled.discard(came["id"])
                self.fail(came["id"], RpcError(CANCELLED, "cancelled"))
            else:
                return came
            if seconds is not None:
                return None

    def answer(self, number: int | str | None, result: Any) -> None:
        """Answer a request."""
        self._send({"id": number, "result": result})

    def fail(self, number: int | str | None, error: RpcError) -> None:
        """Answer a request with an error; None for what was none."""
        self._send({"id": number, "error": {"code": error.code, "message": error.message}})

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> None:
        """Send a request whose answer does not matter."""
        self._number += 1
        self._send({"id": f"xlcfg-{self._number}", "method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        # In ASCII: half a surrogate pair goes through as it came.
        body = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode("ascii")
        self._out.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._out.flush()


def number_of(message: dict[str, Any]) -> int | str | None:
    """The id of a request; raises RpcError for one that cannot be an id."""
    number = message.get("id")
    if not _is_id(number):
        raise RpcError(INVALID_REQUEST, "an id is a number or a string")
    assert number is None or isinstance(number, int | str)
    return number


def _is_id(number: Any) -> bool:
    return number is None or (isinstance(number, int | str) and not isinstance(number, bool))
