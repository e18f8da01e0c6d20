"""`import xlcfg`: what programs are promised."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlcfg
from support import ROOT, Cli

GUEST = 'name = "web"\ntype = "hvm"\n'
TRACES = ROOT / "tests" / "data" / "traces"


def test_a_text_or_a_path(tmp_path: Path) -> None:
    path = tmp_path / "web.cfg"
    path.write_text(GUEST + "vcpu = 2\n", encoding="utf-8")
    by_path = xlcfg.check(path)
    assert (
        by_path == xlcfg.check(path.read_text(encoding="utf-8")) == xlcfg.check(path.read_bytes())
    )
    (finding,) = by_path.findings
    assert (finding.code, finding.severity, finding.help) == ("XL101", "warning", "write `vcpus`")
    places = finding.line, finding.column, finding.end_line, finding.end_column
    assert places == (3, 1, 3, 5)
    assert not by_path.ok
    assert (by_path.guest_type, by_path.policy) == ("hvm", xlcfg.Policy("update", "architecture"))


def test_it_finds_what_the_command_finds(cli: Cli) -> None:
    text = GUEST + 'vcpu = 2\nmemory = "x"\ndisk = [ "a" ]\n'
    said = json.loads(cli("check", "-", "--format", "json", stdin=text.encode()).stdout)
    found = [(f.code, f.line, f.column) for f in xlcfg.check(text).findings]
    assert found == [(f["code"], f["line"], f["column"]) for f in said["diagnostics"]]
    assert len(found) > 1


def test_release_architecture_and_boot_line_count() -> None:
    assert "XL102" in {f.code for f in xlcfg.check('type = "pv"\n', xen="4.9").findings}
    assert xlcfg.resolve_policy(arch="arm64") == xlcfg.Policy("hypercall", "architecture", True)
    line = "runstate-translation=update"
    assert xlcfg.resolve_policy(arch="arm64", cmdline=line) == xlcfg.Policy("update", "boot", True)
    guest = GUEST + 'runstate_translation = "new"\n'
    assert xlcfg.resolve_policy(guest, cmdline=line) == xlcfg.Policy("hypercall", "guest", True)
    assert xlcfg.resolve_policy(guest, as_released=True).policy == "update"
    named = xlcfg.resolve_policy(guest, cmdline=line, xen="4.17")
    assert named == xlcfg.Policy("update", "released Xen", False)
    asked = xlcfg.resolve_policy(guest, cmdline=line, xen="4.17", as_released=False)
    assert asked == xlcfg.Policy("hypercall", "guest", True)


def test_boot_lines() -> None:
    (finding,) = xlcfg.check_cmdline("dom0_mem=4G loglevel=all").findings
    assert (finding.code, finding.column) == ("BL101", 13)
    assert xlcfg.check_cmdline("dom0_mem=4G").ok
    proposed = "runstate-translation=update"
    assert [f.code for f in xlcfg.check_cmdline(proposed).findings] == ["RS002"]
    assert [f.code for f in xlcfg.check_cmdline(proposed, xen="4.17").findings] == ["BL101"]
    assert [f.code for f in xlcfg.check_cmdline(proposed, as_released=True).findings] == ["BL101"]


def test_parsing() -> None:
    parsed = xlcfg.parse('a = 1\nb = [ "x", [ 2 ] ]\na = "ä"\nb += [ "y" ]\n')
    assert parsed.values == {"a": "ä", "b": ["x", ["2"], "y"]}
    assert [(s.name, s.op, s.line) for s in parsed.settings] == [
        ("a", "=", 1), ("b", "=", 2), ("a", "=", 3), ("b", "+=", 4)
    ]  # fmt: skip
    assert parsed.problems == ()
    broken = xlcfg.parse("a = 1\nb = [\n")
    assert broken.values["a"] == "1"
    assert [p.code for p in broken.problems] == ["XL006"]


def test_deep_lists_are_no_problem() -> None:
    value = xlcfg.parse("a = " + "[" * 2000 + "]" * 2000 + "\n").values["a"]
    depth = 0
    while value:
        assert isinstance(value, list)
        value, depth = value[0], depth + 1
    assert depth == 1999


def test_replaying() -> None:
    path = TRACES / "linux-6.1-arm64-xen-4.17-kpti-on.jsonl.xz"
    lost = xlcfg.replay(path, verify=True)
    assert lost.policy == "update"
    assert lost.verified is True
    assert lost.due == lost.delivered + lost.torn + lost.lost
    assert "RT115" in {f.code for f in lost.findings} or lost.lost > 0
    assert json.dumps(lost.details)
    assert xlcfg.replay(str(path), "hypercall").verified is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: xlcfg.check(GUEST, xen="9.9"),
        lambda: xlcfg.check(GUEST, arch="vax"),
        lambda: xlcfg.replay([]),
        lambda: xlcfg.replay([], "sometimes"),
    ],
)
def test_what_makes_no_sense_is_a_value_error(call: object) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=r"."):
        call()


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        xlcfg.check(tmp_path / "none.cfg")


def test_other_names_are_no_part_of_it() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        xlcfg.chek  # noqa: B018


def test_importing_costs_nothing() -> None:
    script = (
        "import sys; before = set(sys.modules); import xlcfg;"
        "assert set(sys.modules) - before == {'xlcfg'}, set(sys.modules) - before;"
        "assert 'check' in dir(xlcfg)"
    )
    subprocess.run([sys.executable, "-S", "-c", script], check=True, cwd=ROOT)


def test_everything_public_is_described() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in xlcfg.__all__:
        if name == "__version__":
            continue
        thing = getattr(xlcfg, name)
        assert thing.__doc__
        assert f"`{name}" in page, f"docs/api.md does not mention {name}"
        if dataclasses.is_dataclass(thing):
            for field in dataclasses.fields(thing):
                assert f"`{field.name}`" in page or f"`{field.name}`" in (thing.__doc__ or "")
        else:
            told = re.search(rf"`{name}\(([^)]*)\)`", page)
            assert told is not None
            assert set(re.findall(r"\w+", told[1])) == set(inspect.signature(thing).parameters)
