"""What is said about xl.conf against the real xl of each release.

Set up with `sh tests/oracle/setup.sh .cache/releases`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.xl_oracle import RELEASES, XlServer

import needs
from support import make_linter
from xlcfg.catalogue import xl_conf_options
from xlcfg.checks.host import check_xl_conf
from xlcfg.core.diagnostics import ERROR
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks

GUEST = b'name="x"\nkernel="/boot/k"\n'
NAMES = [*xl_conf_options(), "nonsense", "vcpus"]
VALUES = (
    *("1", "0", "2", "'-1'", "[]", "2147483647", "2147483648", "0x40", "99999999999999999999"),
    *('"on"', '"off"', '"auto"', '"xen"', '"json"', '"random"', '["a"]', '"64M"', '""', '"x"'),
    *('"0-3"', '"0-3,^2"', '"^all"', '"all"', '"node:0"', '"nodes:0,3-1"', '"3-1"'),
)
#: what xl prints about a value or name it does not like
COMPLAINTS = (b"pcpu", b"invalid", b"warning", b"deprecated", b"combine")
#: what it has no words for
SILENT = ("XC101", "XC102", "XL105")


def conf(seed: int) -> str:
    pick = random.Random(seed)
    lines = [
        f"{pick.choice(NAMES)} {pick.choice(['=', '=', '=', '+='])} {pick.choice(VALUES)}\n"
        for _ in range(pick.randint(1, 3))
    ]
    return "".join(lines)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("etc") / "xl.conf"


@pytest.fixture(scope="module", params=RELEASES)
def server(path: Path, request: pytest.FixtureRequest) -> Iterator[XlServer]:
    needs.require(f"xl-{request.param}")
    with XlServer(request.param, env={"XLSHIM_XLCONF": str(path)}) as running:
        yield running


@pytest.mark.parametrize("seed", range(60))
def test_refusals_and_complaints_are_the_real_ones(seed: int, path: Path, server: XlServer) -> None:
    text = conf(seed)
    path.write_text(text)
    real = server.create(GUEST)
    linter = make_linter(server.release, "x86_64", Hooks(plugins=False))
    report = check_xl_conf(Source("xl.conf", text.encode()), linter.target)
    refused = any(d.severity == ERROR for d in report.diagnostics)
    assert refused == (real["rc"] != 0), (text, real)
    if not refused:
        said = any(word in real["err"] for word in COMPLAINTS)
        ours = any(d.code not in SILENT for d in report.diagnostics)
        assert said == ours, (text, real)
