"""The pages about traces and runs: every code has one, and its trace shows what it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from rules.pages import block, sections

from support import ROOT, Cli
from xlcfg.emulator import replay
from xlcfg.rules._index import CODES
from xlcfg.rules.replay import findings
from xlcfg.rules.replay import rules as replay_rules

HEADER = {
    "trace": "xlcfg-boot-trace",
    "version": 1,
    "guest": "pvh",
    "vcpus": 1,
    "policy": None,
    "hypervisor": "an example",
    "runstate_size": 48,
    "ram": [{"gpa": "0x40000000", "pages": 16}],
}


def found(code: str, section: str) -> set[str]:
    """The codes that a replay of the trace on a page finds."""
    first, *events = block(code, section).splitlines()
    words = shlex.split(first.removeprefix("# xlcfg:"))
    arch = words[words.index("--arch") + 1]
    policy = words[words.index("--policy") + 1]
    header: dict[str, Any] = HEADER | {"arch": arch, "phys_area": "--phys" in words}
    header["va_bits"] = 39 if arch == "arm64" else 48
    outcome = replay([json.dumps(header), *events], policy, verify=True)
    return {finding.code for finding in findings(outcome)}


@pytest.mark.parametrize("code", sorted(replay_rules()))
def test_trace_is_found_and_fix_is_not(code: str) -> None:
    assert code in found(code, "Example")
    assert code not in found(code, "Fix")


def test_every_trace_finding_has_a_page() -> None:
    assert {code for code, page in CODES.items() if ".replay." in page[0]} == set(replay_rules())


def test_every_finding_about_a_run_has_a_page() -> None:
    said = {
        code
        for folder in ("xlcfg", "plugins")
        for path in Path(ROOT, folder).rglob("*.py")
        if "rules" not in path.relative_to(ROOT).parts
        for code in re.findall(r'"((?:IO|PL)\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert said
    assert said == {
        code for code, page in CODES.items() if ".inputs." in page[0] or ".plugins." in page[0]
    }


def test_explain_shows_them(cli: Cli) -> None:
    done = cli("explain", "rt103")
    assert done.returncode == 0
    assert done.stdout.startswith("RT103 (updates-lost)\n")
    # its lines are broken where the terminal ends
    assert " ".join(sections("RT103")["Why"].split()) in " ".join(done.stdout.split())
    assert cli("explain", "IO001").returncode == 0
