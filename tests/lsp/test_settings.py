"""Settings of projects in the language server: which hold, who wins, and when they change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsp.lsp_client import Client

GUEST = 'name = "web"\nkernel = "/k"\n'
BAD = GUEST + "vcpu = 2\nmemory = 64\nmemory = 128\n"


@pytest.fixture
def clients() -> Iterator[list[Client]]:
    """The clients that a test starts, ended after it: a server ends cleanly and says nothing."""
    started: list[Client] = []
    yield started
    for client in started:
        code = client.close()
        assert (code, client.errors.decode()) == (0, "")


@pytest.fixture
def client(clients: list[Client]) -> Client:
    clients.append(Client())
    return clients[0]


def published(client: Client, uri: str) -> list[str]:
    """The codes that are sent next for a text."""
    while True:
        params = client.said("textDocument/publishDiagnostics")
        if params["uri"] == uri:
            return [one["code"] for one in params["diagnostics"]]


def opened(client: Client, where: Path | str, text: str = BAD) -> list[str]:
    uri = where if isinstance(where, str) else where.as_uri()
    document = {"uri": uri, "languageId": "xlcfg", "version": 1, "text": text}
    client.tell("textDocument/didOpen", {"textDocument": document})
    return published(client, uri)


def saved(client: Client, where: Path) -> list[str]:
    client.tell("textDocument/didSave", {"textDocument": {"uri": where.as_uri()}})
    return published(client, where.as_uri())


def labels(client: Client, where: Path, line: int) -> dict[str, dict[str, Any]]:
    answer = client.ask(
        "textDocument/completion",
        {
            "textDocument": {"uri": where.as_uri()},
            "position": {"line": line, "character": 0},
        },
    )
    return {item["label"]: item for item in answer["items"]}


def hovered(client: Client, where: Path, line: int) -> str:
    answer = client.ask(
        "textDocument/hover",
        {"textDocument": {"uri": where.as_uri()}, "position": {"line": line, "character": 1}},
    )
    said: str = answer["contents"]["value"]
    return said


def test_findings_are_those_the_project_asks_for(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text(
        'xen = "4.17"\nignore = ["XL105"]\n'
        '[[paths]]\nmatch = "arm/*"\narch = "arm64"\n'
        '[[paths]]\nmatch = "hvm/*"\ntype = "hvm"\nselect = ["XL11"]\n'
    )
    assert opened(client, tmp_path / "a.cfg") == ["XL101"]
    gic = GUEST + 'gic_version = "v3"\n'
    assert opened(client, tmp_path / "b.cfg", gic) == ["XL103"]
    assert opened(client, tmp_path / "arm" / "a.cfg", gic) == []
    assert opened(client, tmp_path / "hvm" / "a.cfg") == ["XL110"]
    assert opened(client, tmp_path / "c.cfg", GUEST + "llc_colors = []\n") == ["XL102"]


def test_comments_ignore(client: Client, tmp_path: Path) -> None:
    text = GUEST + "vcpu = 2  # xlcfg: ignore[XL101] ours\nvcpus = 1  # xlcfg: ignore[XL101]\n"
    assert opened(client, tmp_path / "a.cfg", text) == ["IG001"]


def test_excluded_files_have_no_findings_but_answers(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('exclude = ["old"]\n')
    path = tmp_path / "old" / "a.cfg"
    assert opened(client, path) == []
    assert "vcpus" in labels(client, path, 5)


def test_a_table_of_pyproject_holds_as_well(client: Client, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.xlcfg]\nselect = ["XL105"]\n')
    assert opened(client, tmp_path / "deep" / "deeper" / "a.cfg") == ["XL105"]


def test_a_text_that_is_no_file_has_no_project(client: Client) -> None:
    assert opened(client, "untitled:Untitled-1") == ["XL101", "XL105"]


def test_names_of_rules_and_all_are_words_here_too(clients: list[Client], tmp_path: Path) -> None:
    client = Client(options={"select": ["all"], "ignore": ["Unknown-Key"]})
    clients.append(client)
    assert opened(client, tmp_path / "a.cfg") == ["XL105"]
    text = GUEST + "vcpu = 2  # xlcfg: ignore[XL1O1]\n"
    assert opened(client, tmp_path / "b.cfg", text) == ["IG002"]
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / ".xlcfg.toml").write_text('select = ["XL1O1"]\n')
    assert opened(client, tmp_path / "one" / "a.cfg") == ["XL105"]
    assert "did you mean `XL101`" in client.said("window/showMessage")["message"]


def test_a_document_of_the_declared_type(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('type = "hvm"\n')
    path = tmp_path / "a.cfg"
    text = 'name = "a"\nvga = "stdvga"\npvshim = 1\nkernel = "/k"\n\n'
    assert opened(client, path, text) == ["XL110", "XL104"]
    items = labels(client, path, 4)
    assert items["xen_platform_pci"]["sortText"] < items["pvshim_path"]["sortText"]
    assert "No effect" not in hovered(client, path, 1)
    assert "No effect here: the guest is HVM by the project's settings" in hovered(client, path, 2)
    own = tmp_path / "b.cfg"
    opened(client, own, 'name = "b"\ntype = "pvh"\nvga = "stdvga"\n\n')
    items = labels(client, own, 3)
    assert items["xen_platform_pci"]["sortText"] > items["pvshim_path"]["sortText"]
    assert "No effect here: the guest is PVH\n" in hovered(client, own, 2) + "\n"


def test_completion_resolves_for_the_projects_dialect(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('dialect = ["gvt-g"]\n')
    path = tmp_path / "a.cfg"
    opened(client, path, GUEST + "\n")
    items = labels(client, path, 2)
    (name,) = (name for name in items if name == "vgt")
    resolved = client.ask("completionItem/resolve", items[name])
    assert "**vgt**" in resolved["documentation"]["value"]


def test_the_client_goes_first(clients: list[Client], tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text(
        'xen = "4.4"\narch = "arm64"\ntype = "pv"\nselect = ["XL105"]\nignore = ["XL110"]\n'
    )
    options = {"xen": "4.20", "arch": "x86_64", "type": "hvm", "select": ["xl1"]}
    client = Client(options=options)
    clients.append(client)
    path = tmp_path / "a.cfg"
    assert opened(client, path, BAD + "vga = 'none'\n") == ["XL101", "XL105"]
    assert "No effect" not in hovered(client, path, 5)
    client.tell("workspace/didChangeConfiguration", {"settings": {"xlcfg": {"select": []}}})
    assert published(client, path.as_uri()) == ["XL105"]
    # an empty one says nothing: now it is the project that says hvm is not meant
    client.tell("workspace/didChangeConfiguration", {"settings": {"xlcfg": {"type": ""}}})
    assert published(client, path.as_uri()) == ["XL105"]
    assert "No effect here: the guest is PV" in hovered(client, path, 5)


def test_the_command_line_goes_first(clients: list[Client], tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('arch = "arm64"\n')
    client = Client("--arch", "x86_64")
    clients.append(client)
    assert opened(client, tmp_path / "a.cfg", GUEST + 'gic_version = "v3"\n') == ["XL103"]


def test_a_changed_settings_file_is_seen_when_a_text_is_saved(
    client: Client, tmp_path: Path
) -> None:
    path, settings = tmp_path / "a.cfg", tmp_path / ".xlcfg.toml"
    assert opened(client, path) == ["XL101", "XL105"]
    settings.write_text('ignore = ["XL101"]\n')
    assert saved(client, path) == ["XL105"]
    settings.write_text('ignore = ["XL10"]\n')
    assert saved(client, path) == []
    settings.unlink()
    assert saved(client, path) == ["XL101", "XL105"]


def test_a_changed_settings_file_is_seen_by_all_texts_when_one_is_opened(
    client: Client, tmp_path: Path
) -> None:
    first = tmp_path / "a.cfg"
    assert opened(client, first) == ["XL101", "XL105"]
    (tmp_path / ".xlcfg.toml").write_text('ignore = ["XL101"]\n')
    document = {"uri": (tmp_path / "b.cfg").as_uri(), "languageId": "xlcfg", "version": 1}
    client.tell("textDocument/didOpen", {"textDocument": {**document, "text": BAD}})
    sent = {}
    for _ in range(2):
        params = client.said("textDocument/publishDiagnostics")
        sent[params["uri"]] = [one["code"] for one in params["diagnostics"]]
    assert sent == {first.as_uri(): ["XL105"], document["uri"]: ["XL105"]}


def test_a_client_that_watches_files_is_asked_to(clients: list[Client], tmp_path: Path) -> None:
    able = {"didChangeWatchedFiles": {"dynamicRegistration": True}}
    client = Client(workspace=able)
    clients.append(client)
    (asked,) = client.answer("client/registerCapability")["registrations"]
    assert asked["method"] == "workspace/didChangeWatchedFiles"
    globs = [one["globPattern"] for one in asked["registerOptions"]["watchers"]]
    assert globs == ["**/.xlcfg.toml", "**/pyproject.toml"]
    path, settings = tmp_path / "a.cfg", tmp_path / ".xlcfg.toml"
    assert opened(client, path) == ["XL101", "XL105"]
    settings.write_text('ignore = ["XL101"]\n')
    event = {"changes": [{"uri": settings.as_uri(), "type": 1}]}
    client.tell("workspace/didChangeWatchedFiles", event)
    assert published(client, path.as_uri()) == ["XL105"]


def test_a_broken_settings_file_is_told_once_and_counts_as_none(
    client: Client, tmp_path: Path
) -> None:
    path, settings = tmp_path / "a.cfg", tmp_path / ".xlcfg.toml"
    settings.write_text('selct = ["XL105"]\n')
    assert opened(client, path) == ["XL101", "XL105"]
    said = client.said("window/showMessage")
    assert str(settings) in said["message"]
    assert "write 'select'" in said["message"]
    for version in range(2, 5):
        client.tell(
            "textDocument/didChange",
            {
                "textDocument": {"uri": path.as_uri(), "version": version},
                "contentChanges": [{"text": BAD + "\n" * version}],
            },
        )
        labels(client, path, 2)
    assert opened(client, tmp_path / "b.cfg") == ["XL101", "XL105"]
    assert not [m for m in client.unasked if m.get("method") == "window/showMessage"]
    settings.write_text('select = ["XL105"]\n')
    assert saved(client, path) == ["XL105"]
    settings.write_text("select = [\n")
    assert "XL101" in saved(client, path)
    assert ".xlcfg.toml" in client.said("window/showMessage")["message"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dialect": ["klingon"]}, "there is no dialect 'klingon'"),
        ({"select": ["XL1O1"]}, "select: there is no code 'XL1O1' (did you mean `XL101`?)"),
        ({"ignore": ["unknown-kye"]}, "(did you mean `unknown-key`?)"),
        ({"type": 5, "select": "XL1", "ignore": [7], "dialect": None}, ""),
    ],
)
def test_options_that_make_no_sense(
    clients: list[Client], tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    client = Client(options=options)
    clients.append(client)
    assert opened(client, tmp_path / "a.cfg") == ["XL101", "XL105"]
    if said:
        assert said in client.said("window/showMessage")["message"]
