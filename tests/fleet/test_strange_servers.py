"""Servers that answer as none should: what is not whole, or not a file, is told and not checked."""

from __future__ import annotations

import importlib
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from fleet.strange_server import BEHAVIOURS, GUEST, bomb, strange_server
from tough.test_bounds import MIB, measured

import needs
from support import Cli
from xlcfg.core.source import Source
from xlcfg.source import files, paths, remote
from xlcfg.source.files import read_file
from xlcfg.source.paths import Unreadable
from xlcfg.source.threads import VARIABLE
from xlcfg.source.web import WebError, WebFile

needs.require("fsspec")
needs.require("aiohttp")
importlib.import_module("aiohttp")  # takes longer than some answers are waited for

# aiohttp's sessions are closed by fsspec when Python ends, or not at all
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

#: Answers that are a file.
GOOD = ("good", "chunked", "packed", "no-length", "redirect")
#: Answers that keep us waiting.
SLOW = ("silent", "stops", "slow-header", "slow", "informs")
#: Answers that are larger than any config.
LARGE = ("bomb", "endless-chunks")
#: What stands behind the length that was announced is an answer to nobody, and whether it has come
#: by then a matter of time; how many headers are too many is one of aiohttp's version.
EITHER = ("longer", "endless", "many-headers")
SAID = {
    "cut": "it ends before it is complete",
    "chunk-cut": "it ends before it is complete",
    "packed-cut": "it ends before it is complete",
    "not-packed": "it is not packed as the server says",
    "unknown-packing": "packed in a way that is not known: x-rot13",
    "part": "the server answers 206 Partial Content",
    "nothing": "the server answers 204 No Content",
    "later": "the server answers 202 Accepted",
    "not-modified": "the server answers 304 Not Modified",
    "choose": "the server answers 300 Multiple Choices",
    "redirect-nowhere": "the server answers 302 Found",
    "missing": "no such file or directory",
    "gone": "the server answers 410 Gone",
    "loop": "it redirects without end",
    "to-file": "redirect",
    "to-other": "redirect",
    "closes": "closes the connection without an answer",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with strange_server() as url:
        yield url


@pytest.mark.parametrize("name", GOOD)
def test_what_is_a_file(url: str, name: str) -> None:
    item = read_file(f"{url}/{name}")
    assert isinstance(item, Source)
    assert item.data == GUEST


@pytest.mark.parametrize("name", sorted(set(BEHAVIOURS) - {*GOOD, *SLOW, *LARGE, *EITHER}))
@pytest.mark.fault(
    "a server sends a part of a file, a page about another place, or what is no HTTP",
    says="2: `IO001`",
    lost="nothing; the others are checked",
)
def test_what_is_no_file(url: str, name: str) -> None:
    item = read_file(f"{url}/{name}")
    assert isinstance(item, Unreadable)
    assert item.code == "IO001"
    assert SAID.get(name, "") in item.message
    assert "\n" not in item.message
    assert len(item.message) < 200


@pytest.mark.parametrize("name", EITHER)
def test_what_may_be_a_file(url: str, name: str) -> None:
    item = read_file(f"{url}/{name}")
    if isinstance(item, Source):
        assert item.data == (b"# more\n# " if name == "endless" else GUEST)
    else:
        assert item.code == "IO001"


@pytest.mark.parametrize("name", SLOW)
def test_who_keeps_us_waiting(url: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0.2")
    started = time.monotonic()
    item = read_file(f"{url}/{name}")
    assert isinstance(item, Unreadable)
    assert "nothing came for 0.2 seconds" in item.message
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large(url: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, paths, remote):
        monkeypatch.setattr(module, "SIZE_LIMIT", 1 << 20)
    monkeypatch.setattr(remote._take, "__defaults__", ((1 << 20) + 1,))
    item = read_file(f"{url}/{name}")
    assert isinstance(item, Unreadable)
    assert item.code == "IO002"


class Answer:
    """What fsspec hands on: a file that has the response."""

    def __init__(self, body: bytes, packing: str) -> None:
        self.body = body
        self.headers = {"Content-Encoding": packing}
        self.status, self.reason, self.r = 200, "OK", self

    def read(self, size: int) -> bytes:
        piece, self.body = self.body[:size], self.body[size:]
        return piece

    def close(self) -> None:
        pass


def test_a_bomb_goes_off_a_piece_at_a_time() -> None:
    file = WebFile(Answer(bomb(16 << 20), "gzip"))
    sizes = [len(piece) for piece in iter(lambda: file.read(5000), b"")]
    assert max(sizes) <= 5000
    assert sum(sizes) == 16 << 20


@pytest.mark.parametrize("packing", ["gzip", "X-GZIP ", "deflate"])
def test_members_that_follow_each_other(packing: str) -> None:
    wbits = 15 if packing == "deflate" else 31
    packed = b""
    for text in (b"one", b"", b"two"):
        packer = zlib.compressobj(wbits=wbits)
        packed += packer.compress(text) + packer.flush()
    for step in (1, 7, 1000):
        file = WebFile(Answer(packed, packing))
        assert b"".join(iter(lambda: file.read(step), b"")) == b"onetwo"  # noqa: B023
    broken = WebFile(Answer(packed[:-3], packing))
    with pytest.raises(WebError, match="before it is complete"):
        list(iter(lambda: broken.read(100), b""))


def test_a_list_of_strange_answers(cli: Cli, url: str) -> None:
    names = sorted(set(BEHAVIOURS) - {*SLOW, *LARGE, *EITHER})
    listed = "".join(f"{url}/{name}?token=hunter2\n" for name in names)
    done = cli("check", "--no-cache", "--files-from", "-", stdin=listed.encode())
    assert (done.returncode, done.stderr) == (2, "")
    said: Any = done.stdout
    for name in names:
        assert (f"/{name}?token=...: error[IO001]" in said) == (name not in GOOD), name
    assert f"in {len(names)} files." in said
    assert "hunter2" not in said
    assert "\x1b" not in said


def test_a_bomb_for_a_trace(url: str) -> None:
    """What a server sends is replayed within the bounds of a file, whatever it unpacks to."""
    code, _, memory = measured(["replay", f"{url}/bomb"])
    assert code == 2
    assert memory < 200 * MIB
