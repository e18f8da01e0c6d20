"""Messages as hostile clients frame them, and the order in which a server takes them."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import make_linter
from xlcfg.lsp import rpc
from xlcfg.lsp.server import Server

URI = "file:///etc/xen/web01.cfg"
INITIALIZE = {"id": "first", "method": "initialize", "params": {"capabilities": {}}}
LAST = {"id": "last", "method": "textDocument/hover"}
AT = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


def framed(*messages: Any) -> bytes:
    out = b""
    for message in messages:
        body = message
        if not isinstance(message, bytes):
            body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        out += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return out


def served(stream: bytes) -> tuple[int, list[dict[str, Any]]]:
    """What a server in this process answers to a stream of bytes, and its exit code."""
    out = io.BytesIO()
    code = Server(make_linter("4.20", "x86_64"), io.BytesIO(stream), out).run()
    out.seek(0)
    said = []
    while (body := rpc.read_body(out)) is not None:
        message = json.loads(body)
        assert message["jsonrpc"] == "2.0"
        said.append(message)
    return code, said


def answers(*messages: Any) -> dict[Any, Any]:
    """What is answered between an `initialize` and a last request, by id; errors as codes."""
    code, said = served(framed(INITIALIZE, *messages, {**LAST, "params": AT}))
    assert code == 0
    found = {}
    for one in said:
        if "method" not in one:
            assert ("result" in one) != ("error" in one)
            found[one["id"]] = one["error"]["code"] if "error" in one else one["result"]
    assert found.pop("first")["capabilities"]
    assert found.pop("last", "no answer") is None, "the last request is answered"
    return found


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", rpc.PARSE_ERROR),
        (b"{", rpc.PARSE_ERROR),
        (b"\xff\xfe\xfd", rpc.PARSE_ERROR),
        (b"[" * 100_000, rpc.PARSE_ERROR),
        (b'{"id": ' + b"9" * 10_000 + b"}", rpc.PARSE_ERROR),
        (b"7", rpc.INVALID_REQUEST),
        (b"[]", rpc.INVALID_REQUEST),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]', rpc.INVALID_REQUEST),
        (b"{}", rpc.INVALID_REQUEST),
        (b'{"method": 7}', rpc.INVALID_REQUEST),
        (b'{"id": [], "method": "shutdown"}', rpc.INVALID_REQUEST),
        (b'{"id": true, "method": "shutdown"}', rpc.INVALID_REQUEST),
    ],
)
def test_what_is_no_request_costs_its_sender_an_error(body: bytes, code: int) -> None:
    assert answers(body) == {None: code}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"method": "textDocument/colour"}, rpc.METHOD_NOT_FOUND),
        ({"method": "$/anything"}, rpc.METHOD_NOT_FOUND),
        ({"method": "initialize", "params": {}}, rpc.INVALID_REQUEST),
        ({"method": "textDocument/hover"}, rpc.INVALID_PARAMS),
        ({"method": "textDocument/hover", "params": []}, rpc.INVALID_PARAMS),
        ({"method": "textDocument/hover", "params": {"textDocument": 1}}, rpc.INVALID_PARAMS),
        ({"method": "textDocument/hover", "params": {**AT, "position": {}}}, rpc.INVALID_PARAMS),
        (
            {
                "method": "textDocument/hover",
                "params": {**AT, "position": {"line": "1", "character": True}},
            },
            rpc.INVALID_PARAMS,
        ),
        ({"method": "textDocument/codeAction", "params": AT}, rpc.INVALID_PARAMS),
        ({"method": "completionItem/resolve", "params": None}, rpc.INVALID_PARAMS),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(message: dict[str, Any], code: int) -> None:
    assert answers({"id": 5, **message}) == {5: code}


@pytest.mark.parametrize(
    "message",
    [
        {"method": "textDocument/didOpen"},
        {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": 1}}},
        {"method": "textDocument/didChange", "params": {"textDocument": {"uri": URI}}},
        {
            "method": "textDocument/didChange",
            "params": {"textDocument": {"uri": URI}, "contentChanges": [1]},
        },
        {"method": "textDocument/didSave", "params": 5},
        {"method": "textDocument/didClose", "params": {"textDocument": {"uri": "\ud800"}}},
        {"method": "workspace/didChangeConfiguration", "params": {"settings": [[]]}},
        {"method": "$/setTrace", "params": {"value": "off"}},
        {"method": "textDocument/didWhatever", "params": {}},
        {"id": "xlcfg-9", "result": None},
        {"id": "xlcfg-9", "error": {"code": 1, "message": "no"}},
    ],
)
def test_nobody_answers_a_notification(message: dict[str, Any]) -> None:
    assert answers(message) == {}


NUMBERS = (-(10**30), -1, 0, 1, 2**31, 2**32, 10**30, 2.0)


@pytest.mark.parametrize("line", NUMBERS)
def test_a_position_outside_of_the_text_is_answered(line: float) -> None:
    opened = {
        "uri": URI,
        "languageId": "xlcfg",
        "version": 1,
        "text": 'vcpu = 2\nname = "\u00e9"\n',
    }
    asked: list[dict[str, Any]] = [
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}}
    ]
    for column in NUMBERS:
        at = {"line": line, "character": column}
        params = {**AT, "position": at, "range": {"start": at, "end": {"line": 1, "character": 1}}}
        asked += [
            {"id": len(asked) + n, "method": f"textDocument/{what}", "params": params}
            for n, what in enumerate(
                (
                    *("hover", "completion", "definition", "references", "codeAction"),
                    *("rangeFormatting", "formatting", "documentSymbol"),
                )
            )
        ]
    found = answers(*asked, {"method": "textDocument/didClose", "params": AT})
    assert len(found) == len(asked) - 1
    assert not [one for one in found.values() if isinstance(one, int)], "no errors"


def test_requests_wait_for_initialize_and_end_with_shutdown() -> None:
    hover = {"id": 1, "method": "textDocument/hover", "params": AT}
    code, said = served(
        framed(
            hover,
            INITIALIZE,
            {"id": 2, "method": "shutdown"},
            {**hover, "id": 3},
            {"method": "exit"},
            {**hover, "id": 4},
        )
    )
    assert code == 0
    assert [(one["id"], one.get("error", {}).get("code")) for one in said] == [
        (1, rpc.NOT_INITIALIZED),
        ("first", None),
        (2, None),
        (3, rpc.INVALID_REQUEST),
    ]
    assert served(framed(INITIALIZE, {"method": "exit"}))[0] == 1


@pytest.mark.parametrize(
    "junk",
    [
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Length: -4\r\n\r\n{}",
        b"Content-Length: \r\n\r\n",
        b"Content-Length 5\r\n\r\nabcde",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\xff" * 100_000 + b"\n\n",
        b"Content-Length: " + b"9" * 400 + b"\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n",
        b'{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}\n',
    ],
)
def test_after_junk_the_next_message_is_read(junk: bytes) -> None:
    _, said = served(framed(INITIALIZE) + junk + framed({**LAST, "params": AT}))
    assert said[-1] == {"jsonrpc": "2.0", "id": "last", "result": None}
    assert all(one["error"]["code"] == rpc.PARSE_ERROR for one in said[1:-1])
    assert len(said) <= 3


def test_headers_in_any_order_and_case() -> None:
    body = json.dumps({"jsonrpc": "2.0", **INITIALIZE}).encode()
    head = b"content-type: application/vscode-jsonrpc\r\nCONTENT-LENGTH:%d\r\n\r\n" % len(body)
    assert "capabilities" in served(head + body)[1][0]["result"]
    head = b"Content-Length: %d\nContent-Type: x\n\n" % len(body)
    assert "capabilities" in served(head + body)[1][0]["result"]


def test_a_message_beyond_the_bound_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "LARGEST", 2000)
    assert answers(b" " * 5000) == {None: rpc.PARSE_ERROR}


def test_a_message_that_is_cut_off_is_the_end() -> None:
    whole = framed(INITIALIZE, {**LAST, "params": AT})
    for end in range(0, len(whole), 7):
        code, said = served(whole[:end])
        assert code == 0
        assert len(said) <= 2


def test_requests_that_were_taken_back_are_not_worked_out() -> None:
    asked = [{"id": n, "method": "textDocument/hover", "params": AT} for n in range(300)]
    channel = rpc.Channel(
        io.BytesIO(
            framed(
                *asked, *({"method": "$/cancelRequest", "params": {"id": n}} for n in range(300))
            )
        ),
        out := io.BytesIO(),
    )
    channel._read()  # all of it, before the first one is taken
    with pytest.raises(EOFError):
        channel.next(None)
    out.seek(0)
    told = [json.loads(rpc.read_body(out) or b"") for _ in asked]
    assert {one["error"]["code"] for one in told} == {rpc.CANCELLED}
    assert [one["id"] for one in told] == list(range(300))


@given(st.binary(max_size=400), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_bytes_end_in_an_orderly_way(junk: bytes, rng: random.Random) -> None:
    stream = bytearray(
        framed(
            INITIALIZE,
            {
                "method": "textDocument/didOpen",
                "params": {"textDocument": {"uri": URI, "text": ""}},
            },
            {"id": 3, "method": "textDocument/completion", "params": AT},
        )
    )
    at = rng.randrange(len(stream))
    stream[at : at + rng.randrange(40)] = junk
    code, said = served(bytes(stream))
    assert code in (0, 1)
    assert all("id" in one or "method" in one for one in said)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("textDocument", "uri", "text", "position", "line", "character", "range"),
                    *("start", "end", "contentChanges", "context", "only", "settings", "xlcfg"),
                    *("xen", "select", "kind", "label", "version", "languageId"),
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
METHODS = (
    *("didOpen", "didChange", "didSave", "didClose", "completion", "hover", "codeAction"),
    *("formatting", "rangeFormatting", "documentSymbol", "definition", "references"),
)


@given(st.lists(st.tuples(st.sampled_from(METHODS), VALUES, st.booleans()), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_parameters_are_answered(asked: list[tuple[str, Any, bool]]) -> None:
    messages: list[dict[str, Any]] = []
    for number, (method, params, whole) in enumerate(asked):
        if whole and isinstance(params, dict):
            params |= {"textDocument": {"uri": URI, "text": "vcpu = 2\n"}}
        messages.append({"id": number, "method": f"textDocument/{method}", "params": params})
    found = answers(*messages)
    assert set(found) == set(range(len(asked)))
    assert rpc.INTERNAL_ERROR not in [one for one in found.values() if isinstance(one, int)]
