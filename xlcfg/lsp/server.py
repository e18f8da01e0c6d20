"""The language server proper: which messages of the protocol lead where, and in which order."""

from __future__ import annotations

import contextlib
import os
import sys
import time

from xlcfg.core.version import VERSION
from xlcfg.lsp import answers
from xlcfg.lsp.protocol import FIX_ALL, QUICK_FIX, member, uri_of
from xlcfg.lsp.rpc import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NOT_INITIALIZED,
    Channel,
    RpcError,
    number_of,
)
from xlcfg.lsp.state import State
from xlcfg.settings.project import FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

    from xlcfg.checks.linter import Linter
    from xlcfg.lsp.protocol import Json

#: Findings wait for what the client asks, but no longer than so many seconds.
STARVED = 1.0

_INCREMENTAL = 2
_CAPABILITIES = {
    "textDocumentSync": {"openClose": True, "change": _INCREMENTAL, "save": True},
    "completionProvider": {"triggerCharacters": ['"', "'", ",", "="], "resolveProvider": True},
    "hoverProvider": True,
    "codeActionProvider": {"codeActionKinds": [QUICK_FIX, FIX_ALL]},
    "documentFormattingProvider": True,
    "documentRangeFormattingProvider": True,
    "documentSymbolProvider": True,
    "definitionProvider": True,
    "referencesProvider": True,
}


def serve(linter: Linter) -> int:
    """Serve over standard input and output until the client says exit; the exit code."""
    # What a plugin prints must not end up between messages. And an end of the process that comes
    # unasked waits for whoever reads its standard input, but not for one who reads a copy.
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output,
        contextlib.redirect_stdout(sys.stderr),
    ):
        return Server(linter, os.fdopen(os.dup(sys.stdin.fileno()), "rb"), output).run()


class Server:
    """Takes messages in their order, and works findings out when none is waiting."""

    def __init__(self, linter: Linter, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self.channel = Channel(stdin, stdout)
        self.state = State(linter, self.channel)
        self._initialized = False
        self._shut_down = False
        self._watches = False
        self._worked = 0.0

    def run(self) -> int:
        """Serve until the client says exit, 1 if without a shutdown, or its stream ends.

        Raises BrokenPipeError when nobody reads any more.
        """
        self.channel.start()
        while True:
            try:
                message = self.channel.next(self.state.pause())
            except TimeoutError:
                self._work()
                continue
            except EOFError:
                return 0
            if message is not None:
                if message.get("method") == "exit":
                    return int(not self._shut_down)
                self._take(message)
            if not self.channel.waiting or time.monotonic() - self._worked > STARVED:
                self._work()

    def _work(self) -> None:
        """One text's findings. Whatever goes wrong there, the next message is taken."""
        self._worked = time.monotonic()
        try:
            self.state.work()
        except BrokenPipeError:
            raise
        except Exception:
            _tell_of_failure()

    def _take(self, message: Json) -> None:
        """Do what a message says; a request is answered, whatever happens."""
        method = message.get("method")
        if "method" not in message and ("result" in message or "error" in message):
            return  # an answer to what we asked
        number, asked = None, "id" in message
        try:
            number = number_of(message)
            if not isinstance(method, str):
                raise RpcError(INVALID_REQUEST, "method is no string")
            result = self._do(method, message.get("params"), asked=asked)
        except RpcError as error:
            if asked or not isinstance(method, str):
                self.channel.fail(number, error)
        except BrokenPipeError:
            raise
        except Exception as error:
            _tell_of_failure()
            if asked:
                told = f"{type(error).__name__}: {error}"
                self.channel.fail(number, RpcError(INTERNAL_ERROR, told))
        else:
            if asked:
                self.channel.answer(number, result)

    def _do(self, method: str, params: Any, *, asked: bool) -> Any:
        """The result of a request, None for a notification."""
        if self._shut_down:
            raise RpcError(INVALID_REQUEST, "the server has been shut down")
        if method == "initialize" and not self._initialized:
            return self._initialize(params)
        if not self._initialized:
            raise RpcError(NOT_INITIALIZED, "initialize comes first")
        if not asked:
            do = _NOTIFICATIONS.get(method)
            return None if do is None else do(self, params)
        if method == "shutdown":
            self._shut_down = True
            return None
        answer = _QUESTIONS.get(method)
        if answer is None:
            known = method == "initialize"
            told = "initialize comes once" if known else f"there is no {method}"
            raise RpcError(INVALID_REQUEST if known else METHOD_NOT_FOUND, told)
        return answer(self.state, params)

    def _initialize(self, params: Any) -> Json:
        offered = _within(params, "capabilities", "general", "positionEncodings")
        known = [
            one
            for one in (offered if isinstance(offered, list) else ())
            if one in ("utf-8", "utf-16", "utf-32")
        ]
        encoding = known[0] if known else "utf-16"
        self.state.texts.encoding = encoding
        self._watches = bool(
            _within(
                params,
                *("capabilities", "workspace", "didChangeWatchedFiles", "dynamicRegistration"),
            )
        )
        self._initialized = True
        self.state.configure(_within(params, "initializationOptions"))
        return {
            "capabilities": {"positionEncoding": encoding, **_CAPABILITIES},
            "serverInfo": {"name": "xlcfg", "version": VERSION},
        }

    # -- what the client tells --------------------------------------------------------------------

    def initialized(self, _: Any) -> None:
        """Ask to be told of settings files, where the client can."""
        if self._watches:
            globs = {"watchers": [{"globPattern": f"**/{name}"} for name in FILES]}
            one = {
                "id": "xlcfg-settings",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": globs,
            }
            self.channel.ask("client/registerCapability", {"registrations": [one]})

    def opened(self, params: Any) -> None:
        """A text is open from now on."""
        self.state.look(self.state.texts.open(params))

    def changed(self, params: Any) -> None:
        """A text is another one."""
        self.state.later(self.state.texts.change(params))

    def saved(self, params: Any) -> None:
        """A text was saved."""
        self.state.look(uri_of(params))

    def closed(self, params: Any) -> None:
        """A text is open no longer."""
        self.state.close(uri_of(params))

    def configured(self, params: Any) -> None:
        """The client's settings have changed."""
        settings = member(params, "settings")
        if isinstance(settings, dict) and self.state.configure(settings.get("xlcfg", settings)):
            self.state.publish_all()

    def watched(self, _: Any) -> None:
        """A settings file of a project has changed."""
        self.state.settings_changed()


_NOTIFICATIONS: dict[str, Callable[[Server, Any], None]] = {
    "initialized": Server.initialized,
    "textDocument/didOpen": Server.opened,
    "textDocument/didChange": Server.changed,
    "textDocument/didSave": Server.saved,
    "textDocument/didClose": Server.closed,
    "workspace/didChangeConfiguration": Server.configured,
    "workspace/didChangeWatchedFiles": Server.watched,
}

_QUESTIONS: dict[str, Callable[[State, Any], Any]] = {
    "textDocument/completion": answers.completion,
    "completionItem/resolve": answers.resolve,
    "textDocument/hover": answers.hovered,
    "textDocument/codeAction": answers.actions,
    "textDocument/formatting": answers.formatted,
    "textDocument/rangeFormatting": answers.range_formatted,
    "textDocument/documentSymbol": answers.outline,
    "textDocument/definition": answers.defined,
    "textDocument/references": answers.referred,
}


def _within(params: Any, *names: str) -> Any:
    """A member of an object within objects, None where anything on the way is no object."""
    for name in names:
        if not isinstance(params, dict):
            return None
        params = params.get(name)
    return params


def _tell_of_failure() -> None:
    """Show a mistake of ours where the client keeps what a server says aside."""
    import traceback

    traceback.print_exc(file=sys.stderr)
