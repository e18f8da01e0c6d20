"""XL110: guests of another type than the settings of their project say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import Cli, make_linter
from xlcfg.catalogue import newest_release
from xlcfg.checks.guest import check_source
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.source import Source
from xlcfg.fix import apply
from xlcfg.hooks import Hooks

BARE = 'name = "web"\nkernel = "/k"\n'


def findings(
    config: str, declared: str, release: str = "", arch: str = "x86_64"
) -> list[Diagnostic]:
    linter = make_linter(release or newest_release(), arch, Hooks(plugins=False))
    linter.target = linter.target.replace(guest_type=declared)
    report = check_source(Source("x.cfg", config.encode()), linter)
    return report.diagnostics


def told(config: str, declared: str, release: str = "", arch: str = "x86_64") -> list[Diagnostic]:
    return [d for d in findings(config, declared, release, arch) if d.code == "XL110"]


def fixed(config: str, finding: Diagnostic) -> str:
    assert finding.fix is not None
    assert not finding.fix.safe
    return apply(config.encode(), [finding.fix]).decode()


@pytest.mark.parametrize(
    ("config", "declared"),
    [
        (BARE, ""),
        (BARE, "pv"),
        (BARE + 'type = "pvh"\n', "pvh"),
        (BARE + 'builder = "hvm"\n', "hvm"),
        ('kernel = "/k\n', "hvm"),  # refused: it is of no type
        (BARE + 'type = "vmx"\n', "hvm"),
    ],
)
def test_what_fits_is_not_reported(config: str, declared: str) -> None:
    assert told(config, declared) == []


@pytest.mark.parametrize(
    ("config", "declared", "at", "result"),
    [
        (BARE, "pvh", "", 'name = "web"\ntype = "pvh"\nkernel = "/k"\n'),
        ('name = "a" # b\nvnc = 1\n', "hvm", "", 'name = "a" # b\ntype = "hvm"\nvnc = 1\n'),
        ('# top\n\nkernel = "/k"; name = "a"', "pvh", "",
         '# top\n\ntype = "pvh"\nkernel = "/k"; name = "a"'),
        ("", "pvh", "", 'type = "pvh"\n'),
        (BARE + 'type = "hvm"\n', "pvh", "type", BARE + 'type = "pvh"\n'),
        (BARE + 'builder = "hvm"\n', "pvh", "builder", BARE + 'type = "pvh"\n'),
        (BARE + 'type = "pv"\ntype = "h"', "pvh", "type", BARE + 'type = "pv"\ntype = "pvh"'),
    ],
)  # fmt: skip
def test_the_fix_makes_the_guest_what_was_declared(
    config: str, declared: str, at: str, result: str
) -> None:
    (finding,) = told(config, declared)
    assert finding.severity == "warning"
    assert config[finding.start : finding.end] == at
    assert finding.start is not None
    assert declared.upper() in finding.message
    assert fixed(config, finding) == result
    assert told(result, declared) == []


@pytest.mark.parametrize(
    ("config", "declared", "cure"),
    [
        (BARE + 'type = "hvm"\nbuilder = "hvm"\n', "pv", 'remove `builder` and write type = "pv"'),
        (BARE + 'type = [ "hvm" ]\n', "hvm", 'write type = "hvm"'),
        ('name = "w"\ntype = "hvm"\n', "pvh",
         'write type = "pvh", and a `kernel` or `bootloader`, which xl wants then'),
    ],
)  # fmt: skip
def test_no_fix_where_one_edit_is_not_enough(config: str, declared: str, cure: str) -> None:
    (finding,) = told(config, declared)
    assert (finding.help, finding.fix) == (cure, None)


def test_releases_before_type_go_by_the_builder() -> None:
    (finding,) = told(BARE + 'type = "hvm"\n', "hvm", "4.9")
    assert finding.help == 'add builder = "hvm"'
    config = fixed(BARE + 'type = "hvm"\n', finding)
    assert told(config, "hvm", "4.9") == []
    (finding,) = told(BARE, "pvh", "4.9")
    assert "Xen 4.9" in finding.help
    assert finding.fix is None
    assert told(BARE + "pvh = 1\n", "pvh", "4.8") == []
    assert len(told(BARE + "pvh = 1\n", "pvh", "4.9")) == 1


@pytest.mark.parametrize("arch", ["arm64", "arm32"])
@pytest.mark.parametrize("release", ["4.11", "4.17"])
def test_the_one_type_of_arm_has_two_names(arch: str, release: str) -> None:
    """libxl of 4.12 makes a PV guest a PVH one there, and before all were called PV."""
    for own in ("", 'type = "pv"\n', 'type = "pvh"\n'):
        for declared in ("pv", "pvh"):
            assert told(BARE + own, declared, release, arch) == []


def test_arm_has_no_hvm_guests() -> None:
    (finding,) = told(BARE, "hvm", arch="arm64")
    assert finding.fix is None
    assert "correct the project's settings" in finding.help
    (finding,) = told(BARE + 'type = "hvm"\n', "pvh", arch="arm64")
    assert told(fixed(BARE + 'type = "hvm"\n', finding), "pvh", arch="arm64") == []


def test_settings_in_vain_for_want_of_the_declared_type_are_told_once() -> None:
    config = 'name = "x"\nkernel = "/k"\nvga = "stdvga"\nusb = 1\n'
    assert [d.code for d in findings(config, "")] == ["XL104"]
    assert [d.code for d in findings(config, "hvm")] == ["XL110"]
    assert [d.code for d in findings(config, "pvh")] == ["XL110", "XL104"]


def test_settings_by_path_declare_a_type(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text(
        'type = "pvh"\n[[paths]]\nmatch = "windows/*"\ntype = "hvm"\n'
        '[[paths]]\nmatch = "old/*"\ntype = "pv"\n'
    )
    for folder in ("linux", "windows", "old"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "g.cfg").write_text(BARE)
    done = cli("check", tmp_path, "--format", "json", cwd=tmp_path)
    found = json.loads(done.stdout)["diagnostics"]
    assert [(Path(d["path"]).parent.name, d["code"], d["message"][-4:]) for d in found] == [
        ("linux", "XL110", " PVH"),
        ("windows", "XL110", " HVM"),
    ]
    assert done.returncode == 1
    assert cli("check", tmp_path, "--isolated").returncode == 0
    done = cli("check", tmp_path, "--fix", "--unsafe-fixes")
    assert done.returncode == 0, done.stdout
    assert 'type = "hvm"\n' in (tmp_path / "windows" / "g.cfg").read_text()
    assert (tmp_path / "old" / "g.cfg").read_text() == BARE


def test_the_cache_knows_the_declared_type(cli: Cli, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    for number in range(30):
        (fleet / f"g{number}.cfg").write_text(f'name = "g{number}"\nkernel = "/k"\n')
    arguments = ("check", fleet, "--cache-dir", tmp_path / "cache")
    for declared, count in (("", 0), ("pvh", 30), ("hvm", 30), ("pv", 0)):
        text = f'type = "{declared}"\n' if declared else ""
        (fleet / ".xlcfg.toml").write_text(text)
        for _ in range(2):
            done = cli(*arguments)
            assert done.stdout.count("warning[XL110]") == count
            assert done.stdout.count(f"settings say {declared.upper()}\n") == count


@pytest.mark.parametrize("text", ['type = "hvmm"\n', '[[paths]]\nmatch = "a"\ntype = "hvmm"\n'])
def test_an_unknown_type_is_explained(cli: Cli, tmp_path: Path, text: str) -> None:
    (tmp_path / "g.cfg").write_text(BARE)
    (tmp_path / ".xlcfg.toml").write_text(text)
    done = cli("check", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "type: there is no 'hvmm'; choose from pv, pvh, hvm" in done.stderr
