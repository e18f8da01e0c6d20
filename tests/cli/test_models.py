"""Hypervisor models of the emulator: chosen by name, contributed by plugins."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import ROOT, Cli

KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
PLUGIN = """
def xlcfg_models():
    return [
        {{"name": "ours", "title": "our Xen", "arches": ["arm64"], "guests": ["pvh"],
          "policy": "update", "refuse": -5{more}}},
        {{"name": "xen-arm", "title": "a clash", "arches": ["arm64"], "guests": ["pvh"],
          "policy": "update"}},
    ]
"""


@pytest.fixture
def plugin(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "our_models").mkdir()
    (tmp_path / "our_models" / "__init__.py").write_text("")
    (tmp_path / "our_models" / "m.py").write_text(PLUGIN.format(more=""))
    path = f"{ROOT}:{ROOT / 'plugins'}:{tmp_path}"
    return {"XLCFG_PLUGINS": "our_models.m", "PYTHONPATH": path}


def test_a_model_is_chosen_by_name(cli: Cli) -> None:
    done = cli("replay", KPTI, "--policy", "hypercall", "--model", "xen-arm-2020")
    assert "model xen-arm-2020" in done.stdout
    done = cli("replay", KPTI, "--model", "nobody")
    assert (done.returncode, done.stdout) == (2, "")
    assert "choose from" in done.stderr
    assert "xen-arm-2020" in done.stderr


def test_a_plugin_adds_a_model_and_cannot_replace_one(cli: Cli, plugin: dict[str, str]) -> None:
    done = cli("replay", KPTI, "--model", "ours", env=plugin)
    assert "model ours (our Xen)" in done.stdout
    assert "there is a model xen-arm already" in done.stdout
    done = cli("replay", KPTI, "--compare", env=plugin)
    assert "1206" in done.stdout
