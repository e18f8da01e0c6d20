"""Guests of one folder are held against each other, those of two folders are not."""

from __future__ import annotations

import json
from pathlib import Path

from support import Cli

GUEST = 'name = "{}"\nkernel = "/k"\nvif = [ "mac=00:16:3e:00:00:01,bridge=xenbr0" ]\n'


def codes(cli: Cli, *paths: Path) -> list[tuple[str, str]]:
    document = json.loads(cli("check", *paths, "--format", "json").stdout)
    return [(Path(d["path"]).name, d["code"]) for d in document["diagnostics"]]


def test_one_mac_for_two_guests(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.cfg").write_text(GUEST.format("a"))
    (tmp_path / "b.cfg").write_text(GUEST.format("b"))
    assert codes(cli, tmp_path) == [("b.cfg", "XL153")]


def test_other_folders_and_links_do_not_count(cli: Cli, tmp_path: Path) -> None:
    for host in ("one", "two"):
        (tmp_path / host / "auto").mkdir(parents=True)
        (tmp_path / host / "a.cfg").write_text(GUEST.format("a"))
        (tmp_path / host / "auto" / "a.cfg").symlink_to("../a.cfg")
    assert codes(cli, tmp_path) == []
