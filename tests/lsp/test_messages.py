"""What is no message of the protocol: the server goes on, and answers the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lsp_client import URI, Client

OPENED = {
    "textDocument": {
        "uri": URI, "languageId": "xlcfg", "version": 1,
        "text": 'name = "a"\nkernel = "/k"\nvcpu = 2\n',
    }
}  # fmt: skip
PLACE = {"textDocument": {"uri": URI}, "position": {"line": 2, "character": 1}}


def _framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _message(**members: Any) -> bytes:
    return _framed(json.dumps({"jsonrpc": "2.0", **members}).encode())


def _asked(number: int, method: str, **params: Any) -> bytes:
    return _message(id=number, method=method, params=params)


def _place(line: int, character: int, uri: str = URI) -> dict[str, Any]:
    return {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
    }


MALFORMED = [
    _framed(b"{"), _framed(b"[]"), _framed(b"1"), _framed(b"null"), _framed(b""),
    _framed(b'{"a": "\xff"}'), _framed(b"{}"),
    _framed(b'{"id": 900, "method": "x"}'),
    _framed(b'{"jsonrpc": "3", "id": 901, "method": "x"}'),
    _message(id=902, method="xlcfg/none"), _message(id=903), _message(id=904, method=5),
    _message(id=[1], method="shutdown2"), _message(id={}, method="x"),
    _message(id=905, method="textDocument/hover", params="x"),
    _asked(906, "textDocument/hover"),
    _asked(907, "textDocument/hover", **_place(-1, -5)),
    _asked(908, "textDocument/completion", **_place(10**9, 10**9)),
    _asked(909, "textDocument/hover", **_place(0, 0, "file:///none")),
    _message(method="textDocument/didOpen", params={
        "textDocument": {"uri": "\0:[x", "languageId": "x", "version": 1, "text": "a=1"}}),
    _message(method="textDocument/didChange", params={
        "textDocument": {"uri": URI, "version": "x"}, "contentChanges": 5}),
    _message(method="textDocument/didChange", params={
        "textDocument": {"uri": "file:///none", "version": 1},
        "contentChanges": [{"text": "a=1"}]}),
    _framed(b'{"jsonrpc": "2.0", "id": 910, "method": "x", "params": '
            + b"[" * 5000 + b"]" * 5000 + b"}"),
    _framed(b'{"jsonrpc": "2.0", "id": 911, "method": "x", "params": ' + b"9" * 5000 + b"}"),
    _message(method="$/cancelRequest", params={"id": "none"}),
    _message(id="nobody asked", result=1), _message(id=7, error={"code": "x"}),
    b"Content-Length: abc\r\n\r\n", b"X: 1\r\n\r\n", b"Content-Length: -5\r\n\r\n",
    b"Content-Type: x\r\nContent-Length: 2\r\n\r\n{}",
]  # fmt: skip


@pytest.mark.fault(
    "a message to `xlcfg lsp` that is none of the protocol, or not even JSON",
    says="the server goes on",
    lost="that message",
)
def test_the_server_goes_on_after_what_is_no_message() -> None:
    client = Client()
    assert client.process.stdin is not None
    client.tell("textDocument/didOpen", OPENED)
    expected = client.ask("textDocument/hover", PLACE)
    assert "XL101" in expected["contents"]["value"]
    for data in MALFORMED:
        client.process.stdin.write(data)
        client.process.stdin.flush()
        assert client.ask("textDocument/hover", PLACE) == expected, data
    assert client.close() == 0
