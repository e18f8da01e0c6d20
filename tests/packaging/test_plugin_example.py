"""The example plugin, installed like any stranger's, adds a rule and a say in the policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from once import once
from packaging_help import ROOT, Environment, run

#: misbehaves in every way there is: raises, hangs, answers nonsense, takes a code that is taken
BROKEN = """
import time
from types import SimpleNamespace

def xlcfg_options(context):
    raise RuntimeError("no options today")

def xlcfg_rules():
    return [SimpleNamespace(CODE="XL101", NAME="mine", SUMMARY="mine", check=lambda guest: [])]

def xlcfg_read_config(source, context):
    while True:
        time.sleep(0.01)

def xlcfg_read_trace(path):
    return 7

def xlcfg_models():
    return [{"name": 1}]

def xlcfg_policy(guest, context):
    return 42

def xlcfg_formats():
    return [1, 2]

def xlcfg_report(result, format):
    raise MemoryError
"""


@pytest.fixture(scope="module")
def environment(
    distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    what = distributions["wheel"], ROOT / "examples" / "xlcfg-plugin-example"
    made = once(tmp_path_factory, "plugin", lambda out: Environment(out / "venv").install(*what))
    return Environment(made / "venv")


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
    environment: Environment, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder,) = (environment.folder / "lib").glob("python3*/site-packages")
    (folder / "bad_plugin.py").write_text(BROKEN)
    info = folder / "bad_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[xlcfg]\nbad = bad_plugin\n")
    monkeypatch.setenv("XLCFG_PLUGIN_TIMEOUT", "1")
    trace = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
    try:
        out = run(environment.xlcfg, "check", config, ok=(1,), cwd=tmp_path)
        replayed = run(environment.xlcfg, "replay", trace, ok=(1,), cwd=tmp_path)
    finally:
        (info / "entry_points.txt").unlink()
    assert "plugin bad failed in xlcfg_options: RuntimeError: no options today" in out
    assert "plugin bad failed in xlcfg_rules: the code XL101 is already taken" in out
    assert "plugin bad failed in xlcfg_policy: TypeError" in out
    assert "plugin bad failed in xlcfg_read_config: " in out
    assert "1 s" in out
    assert "EX101" in out
    assert "plugin bad failed in xlcfg_read_trace: TypeError" in replayed
    assert "plugin bad failed in xlcfg_models: " in replayed
    assert "1206 of 5802 updates" in replayed


def test_it_is_tested_with_what_xlcfg_has_for_that(
    environment: Environment, tmp_path: Path
) -> None:
    environment.install("pytest")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["xlcfg.testing"]\n')
    (tmp_path / "test_it.py").write_text(
        "from xlcfg.testing import check_page\n"
        "from xlcfg_plugin_example import site_in_name\n"
        "def test_text(check_text):\n"
        "    assert 'EX101' in check_text('name = \"a\"').codes\n"
        "def test_page():\n"
        "    check_page(site_in_name)\n"
    )
    out = run(environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "2 passed" in out
