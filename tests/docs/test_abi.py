"""The page about the two policies says what the program concludes of its traces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from abi_help import BLOCK, PAGE, follow

from support import ROOT
from xlcfg.emulator import lint_trace


def test_the_blocks_are_what_the_program_concludes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = PAGE.read_text(encoding="utf-8")
    assert follow(page) == page, "python tests/docs/abi_help.py"


def test_every_statement_and_every_trace_is_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### (\d+)\. ", page, re.MULTILINE) == [str(n) for n in range(1, 17)]
    statements = re.split(r"^##+ ", page, flags=re.MULTILINE)
    numbered = [one for one in statements if re.match(r"\d+\. ", one)]
    assert [one.partition("\n")[0] for one in numbered if not BLOCK.search(one)] == [
        "9. A setting of the guest, and a parameter of Xen for the default"
    ]
    told = {Path(found[1]) for found in BLOCK.finditer(page)}
    traces = {path.relative_to(ROOT) for path in (ROOT / "examples" / "abi").glob("*.jsonl")}
    assert len(traces) > 20
    assert traces <= told


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "abi").glob("*.jsonl")), ids=str)
def test_the_traces_can_have_happened(path: Path) -> None:
    assert list(lint_trace(path)) == []


def test_a_message_is_named_where_it_is_cited() -> None:
    page = PAGE.read_text(encoding="utf-8")
    cited = set(re.findall(r"\]\[([a-z0-9-]+)\]", page))
    named = dict(re.findall(r'^\[([a-z0-9-]+)\]: #history "(\S+@\S+)"$', page, re.MULTILINE))
    assert cited == set(named)
