"""The example plugin, installed like any stranger's, adds a rule and a say in the policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from packaging_help import ROOT, Environment, run

BROKEN = """
def xlcfg_rules():
    raise RuntimeError("no rules today")

def xlcfg_policy(guest, context):
    return 42
"""


@pytest.fixture(scope="module")
def environment(
    distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    made = Environment(tmp_path_factory.mktemp("plugin") / "venv")
    made.install(distributions["wheel"], ROOT / "examples" / "xlcfg-plugin-example")
    return made


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "g.cfg"
    path.write_text('name = "a"\nkernel = "/k"\n')
    return path


def test_its_rule_reports(environment: Environment, config: Path) -> None:
    out = run(environment.xlcfg, "check", config, ok=(1,))
    assert f"{config}:1:8: warning[EX101]" in out
    assert "No findings" in run(environment.xlcfg, "check", config, "--no-plugins")


def test_it_decides_a_policy(environment: Environment, config: Path) -> None:
    config.write_text('name = "a.lab"\nkernel = "/k"\n')
    report = json.loads(run(environment.xlcfg, "check", config, "--format", "json"))
    (policy,) = report["policies"]
    assert (policy["policy"], policy["decided_by"]) == ("hypercall", "toolstack")
    out = run(environment.xlcfg, "policy", config, "--cmdline", "runstate-translation=update")
    assert "update" in out.splitlines()[0]
    assert "example: guests of site lab, not asked any more" in out


def test_it_is_listed(environment: Environment) -> None:
    out = run(environment.xlcfg, "plugins")
    assert "example (xlcfg_plugin_example 0.1.0, xlcfg_plugin_example): policy, rules" in out


def test_a_plugin_that_raises_is_named_and_the_run_goes_on(
    environment: Environment, config: Path, tmp_path: Path
) -> None:
    (folder,) = (environment.folder / "lib").glob("python3*/site-packages")
    (folder / "bad_plugin.py").write_text(BROKEN)
    info = folder / "bad_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[xlcfg]\nbad = bad_plugin\n")
    try:
        out = run(environment.xlcfg, "check", config, ok=(1,), cwd=tmp_path)
    finally:
        (info / "entry_points.txt").unlink()
    assert "plugin bad failed in xlcfg_rules: RuntimeError: no rules today" in out
    assert "plugin bad failed in xlcfg_policy: TypeError" in out
    assert "EX101" in out
