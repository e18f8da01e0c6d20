"""Texts of every kind, of any size and number, and as another library's client sees the server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsp.lsp_client import Client
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from support import ROOT

GUEST = 'name = "web"\nkernel = "/k"\nvcpu = 2\n'


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    one = Client()
    yield one
    assert (one.close(), one.errors.decode()) == (0, "")


def asked(client: Client, what: str, uri: str, line: int = 0, column: int = 1) -> Any:
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": column},
        "options": {"tabSize": 4, "insertSpaces": True},
    }
    return client.ask(f"textDocument/{what}", params)


DTS = """\
/dts-v1/;
/ {
    chosen {
        xen,xen-bootargs = "consle=dtuart";
    };
};
"""


@pytest.mark.parametrize(
    ("name", "language", "text", "line", "codes"),
    [
        ("default/grub", "sh", 'GRUB_DEFAULT=0\nGRUB_CMDLINE_XEN="consle=vga"\n', 1, ["BL101"]),
        ("grub.cfg", "", "menuentry 'Xen' {\n  multiboot2 /xen.gz consle=vga\n}\n", 1, ["BL101"]),
        ("boot.txt", "boot-line", "consle=vga\n", 0, ["BL101"]),
        ("board.dts", "dts", DTS, 3, ["BL101"]),
        ("xl.conf", "xlcfg", "autobaloon=1\n", 0, ["XC101"]),
        ("conf.txt", "xl.conf", "autobaloon=1\n", 0, ["XC101"]),
        ("pool.cfg", "xlcfg", 'name = "p"\nsched = "credti"\n', 1, ["CP201"]),
        ("web.cfg", "xlcfg", GUEST, 2, ["XL101"]),
        ("web", "plaintext", GUEST, 2, ["XL101"]),
        ("piece", "guest", "vcpu = 1\n", 0, ["XL301", "XL304", "XL101"]),
        ("script", "sh", "echo hello\nfoo=1\n", 0, []),
    ],
)
def test_a_text_is_checked_as_what_it_is(
    server: Client, name: str, language: str, text: str, line: int, codes: list[str]
) -> None:
    uri = f"file:///srv/{name}"
    found = server.open_as(uri, text, language)
    assert [one["code"] for one in found] == codes
    if codes:
        assert found[-1]["range"]["start"]["line"] == line
    for what in ("hover", "completion", "definition", "documentSymbol", "formatting"):
        asked(server, what, uri, line, 2)
    server.tell("textDocument/didClose", {"textDocument": {"uri": uri}})


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("xl.conf", "autoballoon = 1\n", {"autoballoon", "vif.default.script"}),
        ("pool.cfg", 'sched = "credit"\n', {"sched", "cpus", "nodes"}),
    ],
)
def test_keys_of_the_hosts_files(server: Client, name: str, text: str, words: set[str]) -> None:
    uri = f"file:///etc/xen/{name}"
    server.open_as(uri, text)
    items = asked(server, "completion", uri, 1, 0)["items"]
    assert words <= {item["label"] for item in items}
    assert "vcpus" not in {item["label"] for item in items}
    assert [one["name"] for one in asked(server, "documentSymbol", uri)] == [text.split()[0]]


def test_hover_tells_of_boot_parameters_and_of_xl_conf(server: Client) -> None:
    server.open_as("file:///etc/default/grub", 'GRUB_CMDLINE_XEN="dom0_mem=1G"\n', "sh")
    said = asked(server, "hover", "file:///etc/default/grub", 0, 20)["contents"]["value"]
    assert "**dom0_mem**" in said
    server.open_as("file:///etc/xen/xl.conf", "autoballoon = 1\n")
    said = asked(server, "hover", "file:///etc/xen/xl.conf")["contents"]["value"]
    assert "**autoballoon**" in said


def test_how_large_a_text_may_be_depends_on_what_it_is(server: Client) -> None:
    # each line is a mistake, which costs most
    refused = 'a = "x\n' * 40_000
    assert server.open_as("file:///srv/refused.cfg", GUEST + refused) == []
    said = server.said("window/showMessage")["message"]
    assert "refused.cfg is larger than 256 KiB and is not checked here" in said
    tree = "/dts-v1/;\n/ { a = <" + "0 " * 150_000 + ">;\n"
    assert len(tree) > 256 * 1024
    assert server.open_as("file:///srv/board.dts", tree) != []


def test_a_large_text_is_told_once_and_holds_nobody_up(server: Client) -> None:
    large, small = "file:///srv/large.cfg", "file:///srv/small.cfg"
    server.open_as(small, GUEST)
    server.unasked.clear()
    text = GUEST + 'a = "x\n' * 800_000
    assert len(text) > 5_000_000
    assert server.open_as(large, text) == []
    assert "large.cfg is larger than 256 KiB" in server.said("window/showMessage")["message"]
    version = 1
    for column in range(20):
        for uri in (large, small):
            version += 1
            at = {"line": 2, "character": 4 + column}
            change = {"range": {"start": at, "end": at}, "text": "s"}
            server.tell(
                "textDocument/didChange",
                {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
            )
        assert asked(server, "completion", small, 2, 3)["items"]
    for what in ("hover", "completion", "formatting", "documentSymbol", "definition"):
        asked(server, what, large, 2, 2)
    params = {"uri": ""}
    while params["uri"] != large:
        params = server.said("textDocument/publishDiagnostics")
    assert not [one for one in server.unasked if one.get("method") == "window/showMessage"]
    server.tell("textDocument/didClose", {"textDocument": {"uri": large}})


def test_a_question_goes_before_the_findings_of_a_thousand_texts() -> None:
    client = Client()
    for number in range(1000):
        document = {"uri": f"file:///srv/{number}.cfg", "version": 1, "text": GUEST}
        client.tell("textDocument/didOpen", {"textDocument": document | {"languageId": "xlcfg"}})
    assert asked(client, "completion", "file:///srv/500.cfg", 2, 2)["items"]
    early = [one for one in client.unasked if "diagnostics" in one.get("params", {})]
    assert len(early) < 900
    uris = {one["params"]["uri"] for one in early}
    while len(uris) < 1000:
        uris.add(client.said("textDocument/publishDiagnostics")["uri"])
    assert client.close() == 0


def test_the_end_of_the_client_is_the_end_of_the_server() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))}
    command = [sys.executable, "-m", "xlcfg", "lsp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as one:
        assert one.stdout is not None
        assert one.stdin is not None
        assert one.stderr is not None
        one.stdout.close()  # nobody reads, and standard input stays open
        one.stdin.write(b'Content-Length: 46\r\n\r\n{"id": 1, "method": "initialize", "params":{}}')
        one.stdin.flush()
        assert one.wait(30) == 2, "as whenever the reader of an output is gone"
        assert one.stderr.read() == b""


def test_names_of_texts_that_no_file_has(server: Client) -> None:
    for uri in ("file:///%00/a.cfg", "file:////", "file:", "file://host/a.cfg", "x:%zz", ""):
        assert [one["code"] for one in server.open_as(uri, GUEST)] == ["XL101"], uri
        server.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    for uri in ("file:///%00/a.cfg", "file:///%ff.cfg", "untitled:a"):
        assert asked(server, "hover", uri) is None


# -- another library ------------------------------------------------------------------------------


async def _ask(client: LanguageClient, uri: str) -> dict[str, Any]:
    """Each kind of question about an open text, and about one line less."""
    document = types.TextDocumentIdentifier(uri)
    at = types.Position(2, 1)
    here = types.Range(at, at)
    options = types.FormattingOptions(tab_size=4, insert_spaces=True)

    async def actions(*only: types.CodeActionKind) -> Any:
        context = types.CodeActionContext([], list(only) or None)
        return await client.text_document_code_action_async(
            types.CodeActionParams(document, here, context)
        )

    found: dict[str, Any] = {
        "hover": await client.text_document_hover_async(types.HoverParams(document, at)),
        "completion": await client.text_document_completion_async(
            types.CompletionParams(document, at)
        ),
        "actions": await actions(),
        "fix all": await actions(types.CodeActionKind.SourceFixAll),
        "refactor": await actions(types.CodeActionKind.Refactor),
        "symbols": await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(document)
        ),
        "definition": await client.text_document_definition_async(
            types.DefinitionParams(document, at)
        ),
    }
    line = types.TextDocumentContentChangePartial(
        text="", range=types.Range(types.Position(3, 0), types.Position(4, 0))
    )
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, uri), [line])
    )
    found["formatting"] = await client.text_document_formatting_async(
        types.DocumentFormattingParams(document, options)
    )
    found["range"] = await client.text_document_range_formatting_async(
        types.DocumentRangeFormattingParams(document, here, options)
    )
    return found


async def _talk(path: Path) -> dict[str, Any]:
    """What a client made of another library gets from a server's start to its end."""
    client = LanguageClient("test", "1")
    came: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(params: types.PublishDiagnosticsParams) -> None:
        came.put_nowait(params)

    path_of_ours = os.pathsep.join((str(ROOT), str(ROOT / "plugins")))
    command = [sys.executable, "-m", "xlcfg", "lsp", "--no-plugins"]
    await client.start_io(*command, env={**os.environ, "PYTHONPATH": path_of_ours})
    begun = await client.initialize_async(
        types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=None)
    )
    client.initialized(types.InitializedParams())
    text = 'name="web"\nkernel="/k" # \u00fc\nvcpu=2\nextra=\u201cx\u201d\n'
    item = types.TextDocumentItem(uri=path.as_uri(), language_id="xlcfg", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    found = {
        "capabilities": begun.capabilities,
        "diagnostics": (await asyncio.wait_for(came.get(), 30)).diagnostics,
        **await _ask(client, path.as_uri()),
    }
    await client.shutdown_async(None)
    client.exit(None)
    await asyncio.wait_for(client.stop(), 30)
    return found


def test_the_client_of_another_library(tmp_path: Path) -> None:
    found = asyncio.run(_talk(tmp_path / "web.cfg"))
    assert {one.code for one in found["diagnostics"]} == {"XL004", "XL101"}
    assert found["hover"].contents.value.startswith("**XL101**")
    assert "vcpus" in {item.label for item in found["completion"].items}
    titles = [action.title for action in found["actions"]]
    assert "ignore XL101 on this line" in titles
    (fix,) = found["fix all"]
    assert fix.kind == "source.fixAll.xlcfg"
    ((edit,),) = fix.edit.changes.values()
    assert edit.new_text == 'extra="x"\n'
    assert edit.range.start == types.Position(3, 0)
    assert list(found["refactor"]) == []
    assert [symbol.name for symbol in found["symbols"]] == ["name", "kernel", "vcpu", "extra"]
    assert found["definition"].range.start == types.Position(2, 0)
    (edit,) = found["formatting"]
    assert edit.new_text == 'name = "web"\nkernel = "/k"  # \u00fc\nvcpu = 2\n'
    (edit,) = found["range"]
    assert edit.new_text == "vcpu = 2\n"
    assert found["capabilities"].document_range_formatting_provider
