"""xlcfg works from wherever it is installed: wheel, sdist, editable checkout."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from packaging_help import ROOT, Environment, run

# Finds the grammars, reads a config over their tables, and asks the first-party plugin.
PROBE = """
from xlcfg.syntax.grammars import GRAMMARS, grammar_path
import xlcfg_xl.plugin
for name in GRAMMARS:
    assert "start" in grammar_path(name).read_text(encoding="utf-8").lower(), name
print(xlcfg_xl.plugin.__file__)
"""


def works(environment: Environment, tmp_path: Path) -> None:
    run(environment.python, "-c", PROBE, cwd=tmp_path)
    config = tmp_path / "g.cfg"
    config.write_text('name = "a"\nkernel = "/k"\nvcpu = 1\n')
    out = run(environment.xlcfg, "check", config, cwd=tmp_path, ok=(1,))
    assert "write `vcpus`" in out
    assert run(environment.python, "-m", "xlcfg", "--version").startswith("xlcfg ")


def test_wheel(wheel_environment: Environment, tmp_path: Path) -> None:
    works(wheel_environment, tmp_path)


def test_sdist(distributions: dict[str, Path], tmp_path: Path) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install(distributions["sdist"])
    works(environment, tmp_path)


def test_editable(tmp_path: Path) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install("-e", ROOT)
    works(environment, tmp_path)
    path = run(environment.python, "-c", "import xlcfg; print(xlcfg.__file__)", cwd=tmp_path)
    assert Path(path.strip()).is_relative_to(ROOT)


def test_what_is_in_the_distributions(distributions: dict[str, Path]) -> None:
    with zipfile.ZipFile(distributions["wheel"]) as wheel:
        inside = wheel.namelist()
    assert "xlcfg/grammars/xl_cfg.lark" in inside
    assert "xlcfg_xl/plugin.py" in inside
    assert "xlcfg/py.typed" in inside
    assert not [n for n in inside if n.startswith(("tests/", "examples/"))]
    with tarfile.open(distributions["sdist"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    for name in ("grammars/xl_cfg.lark", "plugins/xlcfg_xl/plugin.py", "tests/run", "README.md"):
        assert name in names


@pytest.mark.parametrize("command", ["check", "cmdline", "policy", "replay"])
def test_every_command_has_help(wheel_environment: Environment, command: str) -> None:
    assert "usage: xlcfg" in run(wheel_environment.xlcfg, command, "--help")
