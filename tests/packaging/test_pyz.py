"""`ci/pyz` makes one file that runs wherever Python is, with all that the package can do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from once import once
from packaging_help import ROOT, run

GUEST = 'name = "a"\nkernel = "/k"\nvcpu = 1\n'


@pytest.fixture(scope="module")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    make = ROOT / "ci" / "pyz"
    made = once(tmp_path_factory, "pyz", lambda out: run(sys.executable, make, out / "xlcfg.pyz"))
    return made / "xlcfg.pyz"


def pythons() -> list[str]:
    """This Python, and the others of 3.11 and later that are here."""
    found = [sys.executable]
    for minor in (11, 12, 13, 14):
        path = shutil.which(f"python3.{minor}")
        if path is not None and minor != sys.version_info.minor:
            done = subprocess.run([path, "-c", ""], capture_output=True, check=False)
            found += [path] if done.returncode == 0 else []
    return found


@pytest.mark.parametrize("python", pythons())
def test_it_runs_alone(pyz: Path, tmp_path: Path, python: str) -> None:
    (tmp_path / "g.cfg").write_text(GUEST)
    # -I and -S: nothing of this environment is taken
    start = (python, "-I", "-S", pyz)
    out = run(*start, "check", "g.cfg", cwd=tmp_path, ok=(1,))
    assert "write `vcpus`" in out
    assert run(*start, "-V", cwd=tmp_path).startswith("xlcfg ")
    assert list(tmp_path.iterdir()) == [tmp_path / "g.cfg"]


def test_it_can_be_called_by_its_name(pyz: Path) -> None:
    assert run(pyz, "explain", "XL101").startswith("XL101")


def test_many_files_and_a_cache(pyz: Path, tmp_path: Path) -> None:
    (tmp_path / "guests").mkdir()
    for number in range(300):
        (tmp_path / "guests" / f"{number}.cfg").write_text(GUEST + f"# {number}\n")
    arguments = (pyz, "check", "-j", "2", "--cache-dir", "cache", "guests")
    first = run(*arguments, cwd=tmp_path, ok=(1,))
    assert " warnings in 300 files." in first
    assert (tmp_path / "cache").is_dir()
    assert run(*arguments, cwd=tmp_path, ok=(1,)) == first


def test_data_files_are_found(pyz: Path, tmp_path: Path) -> None:
    """Schemas, models of hypervisors, templates and the toolstacks' plugins."""
    (tmp_path / "g.cfg").write_text(GUEST)
    (tmp_path / "host.json").write_text('{"cpus": "many"}')
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / ".xlcfg.toml").write_text('arch = "vax"\n')
    (tmp_path / "settings" / "g.cfg").write_text(GUEST)
    for arguments in (("--host", "host.json", "g.cfg"), ("settings/g.cfg",)):
        done = subprocess.run(
            [pyz, "check", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "many" in done.stderr or "vax" in done.stderr
    trace = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
    out = run(pyz, "replay", "--compare", trace, ok=(0, 1))
    assert "only hypercall is safe" in out
    for command in (("replay",), ("replay", "--compare"), ("verdict",)):
        run(pyz, *command, "--html", tmp_path / "r.html", trace, ok=(0, 1))
        assert "</html>" in (tmp_path / "r.html").read_text()
        (tmp_path / "r.html").unlink()
    xml = run(pyz, "convert", "g.cfg", "--to", "libvirt", cwd=tmp_path, ok=(0, 1))
    assert "<domain" in xml
    data = json.loads(run(pyz, "check", "--format", "json", "g.cfg", cwd=tmp_path, ok=(1,)))
    assert [one["code"] for one in data["diagnostics"]] == ["XL101"]


@pytest.mark.slow
def test_the_same_tree_makes_the_same_bytes(pyz: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "other.pyz"
    run(sys.executable, ROOT / "ci" / "pyz", other)
    assert other.read_bytes() == pyz.read_bytes()
