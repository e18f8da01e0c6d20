"""The recorded boots in `examples/boots`: sound, predicted, and told of as they are."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from collection_help import BOOTS, PAGE, boots, page
from support import Cli
from xlcfg.emulator import lint_trace

xlcfg = Cli()


def test_there_are_some_of_each_kind() -> None:
    names = " ".join(path.name for path in boots())
    for word in ("5.10", "6.1-", "6.12", "7.2", "kpti-on", "kpti-off", "kpti-default"):
        assert word in names
    for word in ("xen-4.14", "xen-4.17", "xen-4.20", "arm64-linux", "x86_64-pv-", "x86_64-pvh-"):
        assert word in names
    for word in (
        "arm32-linux",
        "arm32-domu",
        "arm64-domu",
        "x86_64-pv-domu",
        "x86_64-pvh-domu",
        "hvm",
    ):
        assert word in names
    assert sum(path.stat().st_size for path in boots()) < 2 << 20


@pytest.mark.parametrize("path", boots(), ids=lambda path: path.name.split(".jsonl")[0])
def test_each_is_sound_and_says_what_it_is(path: Path) -> None:
    assert not list(lint_trace(str(path)))
    with gzip.open(path, "rt") as file:
        header, what, line, end = (json.loads(file.readline()) for _ in range(4))
        up = {0, *(e["target"] for e in map(json.loads, file) if e["ev"] == "vcpu_up")}
    assert "p2m" in header["lacks"]
    assert header["vcpus"] == 2
    assert up == {0, 1}
    assert header["arch"] == path.name.partition("-")[0]
    assert re.search(r"Linux \d+\.\d+\.\d+.* on xen-hypervisor-4\.\d+-.* QEMU \d+", what["text"])
    assert line["text"].startswith("kernel line: ")
    # a whole boot, until the guest powered off; firmware takes too long for that
    whole = r"powered off|what was waited for" + "|has registered an area" * (
        header["guest"] == "hvm"
    )
    assert re.search(whole, end["text"])
    assert "/" not in what["text"].replace("Linux", "")


def test_the_emulator_predicts_all_of_them() -> None:
    done = xlcfg("replay", "--verify", *map(str, boots()))
    assert done.returncode == 0, done.stdout[:3000]
    differing = [int(n) for n in re.findall(r"(\d+) differ", done.stdout)]
    assert len(differing) > 2 * len(boots()) - 10
    assert not any(differing)
    compared = sum(int(n) for n in re.findall(r"(\d+) wrote,", done.stdout))
    assert compared > 50_000


def test_the_table_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tests/record/collection_help.py"


def test_nothing_else_lies_there() -> None:
    assert {path.name for path in BOOTS.iterdir()} == {"README.md", *(p.name for p in boots())}
