"""A small client of the language server protocol: one server process, spoken to over stdio."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from typing import Any

from support import ROOT

URI = "file:///etc/xen/web01.cfg"
PATIENCE = 30


class Client:
    """Starts `xlcfg lsp`, sends requests, and keeps what the server says unasked."""

    def __init__(
        self,
        *arguments: str,
        options: Any = None,
        encodings: Any = None,
        workspace: Any = None,
    ) -> None:
        path = os.pathsep.join((str(ROOT), str(ROOT / "plugins")))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xlcfg", "lsp", "--no-plugins", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.unasked: list[dict[str, Any]] = []
        self.number = 0
        self.version = 0
        self.errors = b""
        self.readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self.readers:
            reader.start()
        general = {} if encodings is None else {"general": {"positionEncodings": encodings}}
        general |= {} if workspace is None else {"workspace": workspace}
        self.capabilities = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": general,
                "initializationOptions": options,
            },
        )["capabilities"]
        self.tell("initialized", {})

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline().strip()) != b"":
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                self.messages.put(None)
                return
            self.messages.put(json.loads(stream.read(length)))

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method: str, params: Any) -> None:
        """A notification."""
        self._send({"method": method} | ({} if params is None else {"params": params}))

    def ask(self, method: str, params: Any) -> Any:
        """A request; its result. Fails on an error."""
        self.number += 1
        more = {} if params is None else {"params": params}
        self._send({"id": self.number, "method": method, **more})
        while True:
            message = self._next()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message["error"]
                return message.get("result")
            self.unasked.append(message)

    def _next(self) -> dict[str, Any]:
        message = self.messages.get(timeout=PATIENCE)
        assert message is not None, self.errors.decode()
        return message

    def answer(self, method: str) -> Any:
        """The parameters of the next request of that name, which is answered with null."""
        return self.said(method, answer=True)

    def said(self, method: str, *, answer: bool = False) -> Any:
        """The parameters of the next notification of that name."""
        for at, message in enumerate(self.unasked):
            if message.get("method") == method:
                del self.unasked[at]
                break
        else:
            while (message := self._next()).get("method") != method:
                self.unasked.append(message)
        if answer:
            self._send({"id": message["id"], "result": None})
        return message["params"]

    # -- one document --------------------------------------------------------------------------

    def open(self, text: str) -> list[dict[str, Any]]:
        """Open the document; its findings."""
        self.version = 1
        document = {"uri": URI, "languageId": "xlcfg", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return self.findings()

    def open_as(self, uri: str, text: str, language: str = "xlcfg") -> list[dict[str, Any]]:
        """Open a text of another name; its findings."""
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        while (params := self.said("textDocument/publishDiagnostics"))["uri"] != uri:
            pass
        found: list[dict[str, Any]] = params["diagnostics"]
        return found

    def change(self, text: str) -> None:
        """Replace the text, as a keystroke does."""
        self.version += 1
        self.tell(
            "textDocument/didChange",
            {
                "textDocument": {"uri": URI, "version": self.version},
                "contentChanges": [{"text": text}],
            },
        )

    def findings(self) -> list[dict[str, Any]]:
        """The findings that the server sends next."""
        params = self.said("textDocument/publishDiagnostics")
        assert params["uri"] == URI
        found: list[dict[str, Any]] = params["diagnostics"]
        return found

    def at(self, what: str, line: int, column: int, **more: Any) -> Any:
        """A question about a position."""
        return self.ask(
            f"textDocument/{what}",
            {
                "textDocument": {"uri": URI},
                "position": {"line": line, "character": column},
                **more,
            },
        )

    def settle(self) -> None:
        """Take note of everything up to the findings of a closed document, and forget it."""
        while self.findings():
            pass
        while not self.messages.empty():
            self.messages.get()
        self.unasked.clear()

    def close(self) -> int:
        """Shut the server down as a client should; its exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code
