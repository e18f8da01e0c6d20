"""A server of the web that answers as none should: each path is one way to."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator

GUEST = b'name = "web"\nkernel = "/k"\nvcpus = 1\n'
Behaviour = Callable[[socket.socket], None]


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer; `Content-Length` is that of the body unless a header says something of it."""
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if not any(header.lower().startswith(("content-length", "transfer-")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def says(body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
    return lambda client: client.sendall(answer(body, *headers, status=status))


def raw(data: bytes) -> Behaviour:
    return lambda client: client.sendall(data)


def waits(before: bytes = b"") -> Behaviour:
    def behave(client: socket.socket) -> None:
        client.sendall(before)
        time.sleep(60)

    return behave


def drips(piece: bytes, every: float, before: bytes = b"") -> Behaviour:
    """A piece at a time, for ever."""

    def behave(client: socket.socket) -> None:
        client.sendall(before)
        while True:
            client.sendall(piece)
            time.sleep(every)

    return behave


def bomb(size: int) -> bytes:
    """A few bytes that unpack to many."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(b"#" * (1 << 20)) for _ in range(size >> 20))
    return data + packer.flush()


BEGUN = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + GUEST
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

BEHAVIOURS: dict[str, Behaviour] = {
    # as it should be
    "good": says(GUEST),
    "chunked": raw(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(GUEST), GUEST)),
    "packed": says(gzip.compress(GUEST), "Content-Encoding: gzip"),
    "no-length": raw(b"HTTP/1.0 200 OK\r\n\r\n" + GUEST),
    "redirect": says(b"", "Location: /good", status="302 Found"),
    # wrong lengths
    "cut": raw(BEGUN),
    "longer": says(GUEST + b"vcpu = 2\n", f"Content-Length: {len(GUEST)}"),
    "negative-length": says(GUEST, "Content-Length: -5"),
    "no-number": says(GUEST, "Content-Length: many"),
    "two-lengths": says(GUEST, "Content-Length: 5", "Content-Length: 900"),
    "chunk-cut": raw(CHUNKED + b"%x\r\n%s\r\n" % (len(GUEST), GUEST)),
    "chunk-no-number": raw(CHUNKED + b"zz\r\n" + GUEST),
    # not what was asked for
    "part": says(GUEST, "Content-Range: bytes 0-36/900", status="206 Partial Content"),
    "nothing": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "later": says(GUEST, status="202 Accepted"),
    "not-modified": raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "choose": says(GUEST, status="300 Multiple Choices"),
    "redirect-nowhere": says(GUEST, status="302 Found"),
    "missing": says(GUEST, status="404 Not Found"),
    "gone": says(GUEST, status="410 Gone"),
    "escapes": says(b"", status="500 \x1b[31m::error::no"),
    # redirects
    "loop": says(b"", "Location: /loop", status="302 Found"),
    "to-file": says(b"", "Location: file:///etc/hostname", status="302 Found"),
    "to-other": says(b"", "Location: ftp://127.0.0.1/x", status="307 Temporary Redirect"),
    "to-garbage": says(b"", "Location: http://[::1/\x01", status="302 Found"),
    # packed
    "not-packed": says(GUEST, "Content-Encoding: gzip"),
    "packed-cut": says(gzip.compress(GUEST * 100)[:-20], "Content-Encoding: gzip"),
    "unknown-packing": says(GUEST, "Content-Encoding: x-rot13"),
    "bomb": says(bomb(64 << 20), "Content-Encoding: gzip"),
    # no HTTP
    "garbage": raw(b"\x00\xff" * 500),
    "other-protocol": raw(b"ICY 200 OK\r\n\r\n" + GUEST),
    "bad-status": raw(b"HTTP/1.1 abc OK\r\n\r\n" + GUEST),
    "closes": raw(b""),
    "half-a-header": raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "long-header": raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n" + GUEST),
    "many-headers": raw(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 50_000 + b"\r\n" + GUEST),
    # slow, or without end
    "silent": waits(),
    "stops": waits(BEGUN),
    "slow-header": drips(b"X: a\r\n", 0.05, b"HTTP/1.1 200 OK\r\n"),
    "slow": drips(b"#", 0.05, b"HTTP/1.1 200 OK\r\n\r\n"),
    "informs": drips(b"HTTP/1.1 102 Processing\r\n\r\n", 0.05),
    "endless": drips(b"# more\n" * 10_000, 0.0, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
    "endless-chunks": drips(b"8000\r\n" + b"#" * 0x8000 + b"\r\n", 0.0, CHUNKED),
}  # fmt: skip


@contextlib.contextmanager
def strange_server() -> Iterator[str]:
    """Serves every behaviour at the path of its name; the URL of the server."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(60)
            asked = b""
            while b"\r\n\r\n" not in asked and (piece := client.recv(65536)):
                asked += piece
            path = asked.split(b" ", 2)[1].decode().lstrip("/").partition("?")[0]
            BEHAVIOURS[path](client)
            client.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
