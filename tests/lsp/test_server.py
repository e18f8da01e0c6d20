"""The language server as editors meet it: a process, spoken to over stdio."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsp.lsp_client import URI, Client

GUEST = 'name = "web"\ntype = "hvm"\n'


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    one = Client()
    yield one
    code = one.close()
    assert (code, one.errors.decode()) == (0, "")


@pytest.fixture
def client(server: Client) -> Iterator[Client]:
    yield server
    server.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
    server.settle()


def labels(answer: Any) -> list[str]:
    return [item["label"] for item in answer["items"]]


def place(line: int, start: int, end: int) -> dict[str, Any]:
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def test_findings_while_typing(client: Client) -> None:
    (finding,) = client.open(GUEST + "vcpu = 2\n")
    assert (finding["code"], finding["severity"], finding["source"]) == ("XL101", 2, "xlcfg")
    assert finding["range"] == place(2, 0, 4)
    assert "write `vcpus`" in finding["message"]
    assert finding["codeDescription"]["href"].endswith("/rules/XL101/")
    for text in ("vcpus", "vcpus = ", "vcpus = 2", "vcpus = 2\n"):
        client.change(GUEST + text)
    assert client.findings() == []
    assert client.unasked == [], "one answer to many quick keystrokes"


def test_columns_count_utf_16(client: Client) -> None:
    (finding,) = client.open(GUEST + 'kernel = "😀 ä"; vcpu = 2\n')
    assert finding["range"] == place(2, 17, 21)
    answer = client.at("hover", 2, 2)
    assert answer["range"] == place(2, 0, 6)


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 20), ("utf-32", 16), ("utf-16", 17)])
def test_columns_count_what_the_client_wants(encoding: str, column: int) -> None:
    client = Client(encodings=[encoding])
    assert client.capabilities["positionEncoding"] == encoding
    (finding,) = client.open(GUEST + 'kernel = "😀 ä"; vcpu = 2\n')
    assert finding["range"] == place(2, column, column + 4)
    client.close()


def test_hover_tells_what_the_catalogue_knows(client: Client) -> None:
    client.open(GUEST + "vcpus = 2\n")
    said = client.at("hover", 2, 1)["contents"]["value"]
    for text in (
        "**vcpus**",
        "vCPUs are online",
        "Default: 1",
        "Xen 4.4",
        "https://",
        "4.22: read",
    ):
        assert text in said, said
    assert client.at("hover", 2, 8) is None


def test_hover_explains_findings_and_words_of_a_disk(client: Client) -> None:
    client.open(GUEST + 'vcpu = 2\ndisk = [ "format=raw,vdev=xvda" ] # XL101\n')
    assert "without what the line was meant to do" in client.at("hover", 2, 1)["contents"]["value"]
    assert "image format" in client.at("hover", 3, 12)["contents"]["value"]
    code = client.at("hover", 3, 38)
    assert code["contents"]["value"].startswith("**XL101** (unknown-key)")
    assert code["range"] == place(3, 36, 41)


def test_completion_of_keys_knows_the_guest(client: Client) -> None:
    client.open(GUEST + "vcp\n")
    answer = client.at("completion", 2, 3)
    items = {item["label"]: item for item in answer["items"]}
    assert items["vcpus"]["textEdit"] == {"range": place(2, 0, 3), "newText": "vcpus = "}
    assert items["vcpus"]["sortText"] < items["e820_host"]["sortText"]
    assert items["name"]["sortText"] > items["vcpus"]["sortText"], "it is given already"
    assert items["ramdisk"]["insertTextFormat"] == 1
    resolved = client.ask("completionItem/resolve", items["vcpus"])
    assert "vCPUs are online" in resolved["documentation"]["value"]


def test_completion_knows_the_release() -> None:
    old = Client(options={"xen": "4.4", "arch": "x86_64"})
    old.open('name = "web"\n\n')
    before = labels(old.at("completion", 1, 0))
    old.tell("workspace/didChangeConfiguration", {"settings": {"xlcfg": {"xen": "4.20"}}})
    old.findings()
    after = labels(old.at("completion", 1, 0))
    old.close()
    assert "type" not in before
    assert {"type", "vga"} <= set(after)


@pytest.mark.parametrize(
    ("line", "column", "wanted", "text"),
    [
        ("on_crash = ", 11, "destroy", '"destroy"'),
        ('on_crash = "de"', 14, "destroy", "destroy"),
        ("vnc = ", 6, "1", "1"),
        ('disk = [ "', 10, "format", "format="),
        ('disk = [ "format=', 17, "qcow2", "qcow2"),
        ('disk = [ "format=raw,v', 22, "vdev", "vdev="),
        ('disk = [ "format=raw,c', 22, "cdrom", "cdrom"),
        ('vif = [ "type=', 14, "ioemu", "ioemu"),
        ('pci = [ "01:00.0,per', 20, "permissive", "permissive="),
        ("name = 1; vnc", 13, "vnc", "vnc = "),
    ],
)
def test_completion_of_values(
    client: Client, line: str, column: int, wanted: str, text: str
) -> None:
    client.open(GUEST + line)
    answer = client.at("completion", 2, column)
    items = {item["label"]: item for item in answer["items"]}
    assert items[wanted]["textEdit"]["newText"] == text
    assert all("$" not in item["textEdit"]["newText"] for item in items.values())


def test_no_completion_where_nothing_is_known(client: Client) -> None:
    client.open(GUEST + '# vcp\nname = "x\npci = [ "0\n')
    assert labels(client.at("completion", 2, 5)) == []
    assert labels(client.at("completion", 3, 9)) == []
    assert labels(client.at("completion", 4, 10)) == []


def test_quick_fix(client: Client) -> None:
    (finding,) = client.open(GUEST + "vcpu = 2\n")
    params = {
        "textDocument": {"uri": URI},
        "range": place(2, 1, 1),
        "context": {"diagnostics": [finding]},
    }
    action, ignored = client.ask("textDocument/codeAction", params)
    assert ignored["title"] == "ignore XL101 on this line"
    assert action["kind"] == "quickfix"
    assert action["edit"]["changes"][URI] == [{"range": place(2, 0, 4), "newText": "vcpus"}]
    params["range"] = place(0, 0, 1)
    assert client.ask("textDocument/codeAction", params) == []


def test_quick_fix_adds_a_line(client: Client) -> None:
    client.open('name = "x"\nkernel = "/k"\nvga = "stdvga"\nusb = 1\n')
    params = {
        "textDocument": {"uri": URI},
        "range": place(2, 0, 1),
        "context": {"diagnostics": []},
    }
    (action,) = (
        one
        for one in client.ask("textDocument/codeAction", params)
        if one["title"].startswith("add type")
    )
    (edit,) = action["edit"]["changes"][URI]
    assert edit["newText"] == 'type = "hvm"\n'
    assert edit["range"]["start"] == edit["range"]["end"]


def formatting(client: Client) -> Any:
    options = {"tabSize": 4, "insertSpaces": True}
    params = {"textDocument": {"uri": URI}, "options": options}
    return client.ask("textDocument/formatting", params)


def test_formatting(client: Client) -> None:
    client.open("name='wéb😀'\ndisk=['a,,xvda']")
    (edit,) = formatting(client)
    assert edit["range"] == {
        "start": {"line": 0, "character": 0},
        "end": {"line": 1, "character": 16},
    }
    assert edit["newText"] == "name = 'wéb😀'\ndisk = [ 'a,,xvda' ]\n"
    client.change(edit["newText"])
    assert formatting(client) == []
    client.change("name = [\n")
    assert formatting(client) is None


def test_symbols(client: Client) -> None:
    client.open(GUEST + 'disk = [ "a,,xvda",\n  "b,,xvdb" ]\nvcpus = 2\n')
    found = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": URI}})
    assert [symbol["name"] for symbol in found] == ["name", "type", "disk", "vcpus"]
    disk = found[2]
    assert [child["name"] for child in disk["children"]] == ['"a,,xvda"', '"b,,xvdb"']
    assert disk["children"][1]["range"] == place(3, 2, 11)
    assert disk["selectionRange"] == place(2, 0, 4)
    assert found[3]["detail"] == "2"


def test_definition_is_the_setting_that_counts(client: Client) -> None:
    client.open(GUEST + "vcpus = 1\nmemory = 512\nvcpus = 2\n")
    assert client.at("definition", 2, 1) == {"uri": URI, "range": place(4, 0, 5)}
    assert client.at("definition", 3, 1)["range"] == place(3, 0, 6)
    found = client.at("references", 4, 1, context={"includeDeclaration": True})
    assert [one["range"] for one in found] == [place(2, 0, 5), place(4, 0, 5)]


BROKEN = [
    "",
    "=",
    'disk = [ "',
    'disk = [ "a"\nvcpus = 2\nfoo bar',
    "name = \u201cweb\u201d\nvcpus = 2",
    "\ufeffname = 'x'\r\nvcpus = 2\r\n",
    "a = 1\rb = 2\r",
    "x = [" * 300,
    "name = '\ud83d'\n",
    "\x00\x01\x02",
    "<domain type='xen'/>",
    'vif = [ "mac=\U0001f600,"\n\n\n',
]


def test_broken_configs_are_answered(client: Client) -> None:
    for number, text in enumerate(BROKEN):
        found = client.open(text) if number == 0 else None
        if found is None:
            client.change(text)
            client.findings()
        lines = text.splitlines() or [""]
        for line in range(len(lines) + 1):
            for column in (0, 1, 5, 9, 10_000):
                client.at("hover", line, column)
                client.at("completion", line, column)
                client.at("definition", line, column)
        client.ask("textDocument/documentSymbol", {"textDocument": {"uri": URI}})


def test_every_prefix_of_a_config_is_answered(client: Client) -> None:
    text = GUEST + 'disk = [ "format=raw,vdev=xvda" ]\nvif = [\n "mac=00:16:3e:00:00:01" ] # 😀\n'
    client.open("")
    for end in range(0, len(text), 3):
        part = text[:end]
        client.change(part)
        line = part.count("\n")
        client.at("completion", line, len(part) - part.rfind("\n") - 1)
    assert client.findings() is not None


def test_closing_takes_the_findings_back(client: Client) -> None:
    assert client.open("foo = 1\n")
    client.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert client.findings() == []
    client.open("")


def test_nonsense_settings_are_left_out() -> None:
    client = Client(options={"xen": "9.9", "arch": "vax", "cmdline": 7})
    assert "9.9" in client.said("window/showMessage")["message"]
    assert client.open(GUEST) == []
    assert client.close() == 0


def test_what_is_asked_about_and_not_open_is_never_waited_for(
    client: Client, tmp_path: Path
) -> None:
    fifo, plain = tmp_path / "fifo.cfg", tmp_path / "plain.cfg"
    os.mkfifo(fifo)
    plain.write_bytes(b"vcpus = 2 # \xff\n")
    for path in (fifo, Path("/dev/zero"), tmp_path, tmp_path / "none.cfg", plain):
        place = {
            "textDocument": {"uri": path.as_uri()},
            "position": {"line": 0, "character": 1},
        }
        answer = client.ask("textDocument/hover", place)
        assert bool(answer) == (path == plain), path
        client.ask("textDocument/completion", place)
        client.ask("textDocument/documentSymbol", {"textDocument": {"uri": path.as_uri()}})
