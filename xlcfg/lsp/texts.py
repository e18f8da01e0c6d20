"""The open texts of a client: their bytes, which edits change, and the paths behind their names."""

from __future__ import annotations

import os
import re

from xlcfg.lsp.lines import Lines
from xlcfg.lsp.protocol import list_of, member, span_of, text_of, uri_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Text:
    """One open text: `data` in UTF-8, `version` as the client counts, `language` as it says."""

    __slots__ = ("data", "language", "lines", "version")

    def __init__(self, data: bytes, version: int | None, language: str, encoding: str) -> None:
        self.data = data
        self.version = version
        self.language = language
        self.lines = Lines(data, encoding)


class Texts(dict[str, Text]):
    """Every open text by its URI; `encoding` is what columns count."""

    encoding = "utf-16"

    def open(self, params: Any) -> str:
        """Take over a text that was opened; its URI."""
        uri = uri_of(params)
        data = encoded(text_of(params, "textDocument", "text"))
        language = member(params, "textDocument", "languageId")
        self[uri] = Text(data, _version(params), str(language or ""), self.encoding)
        return uri

    def change(self, params: Any) -> str:
        """Apply what has changed, in whole or in parts; its URI. Raises RpcError for nonsense."""
        uri = uri_of(params)
        known = self.get(uri)
        lines = Lines(b"", self.encoding) if known is None else known.lines
        for change in list_of(params, "contentChanges"):
            new = encoded(text_of(change, "text"))
            if member(change, "range") is None:
                lines = Lines(new, self.encoding)
            else:
                lines = lines.replaced(*span_of(lines, change), new)
        text = Text(b"", _version(params), known.language if known else "", self.encoding)
        text.data, text.lines = lines.data, lines
        self[uri] = text
        return uri


def _version(params: Any) -> int | None:
    version = member(params, "textDocument", "version")
    return version if isinstance(version, int) else None


def encoded(text: str) -> bytes:
    """A text as bytes. Editors may hold half a surrogate pair: it costs nobody their findings."""
    return text.encode("utf-8", "surrogatepass")


def path_of(uri: str) -> str:
    """The path of a file's URI, "" for any other, and for a name that no file can have."""
    if uri[:5].lower() != "file:":
        return ""
    rest = re.split("[?#]", uri[5:], maxsplit=1)[0]
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        rest = slash + path
    raw = re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda found: bytes((int(found[1], 16),)),
        rest.encode("utf-8", "surrogateescape" if rest.isascii() else "surrogatepass"),
    )
    path = os.fsdecode(raw)
    if os.name == "nt":
        path = f"//{host}{path}" if host and host != "localhost" else re.sub("^/(?=.:)", "", path)
    return "" if "\0" in path else path
