"""Builds the wheel and the sdist once and installs into fresh virtual environments."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from once import once
from packaging_help import ROOT, Environment, run


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The paths of a freshly built "wheel" and "sdist"."""

    def build(out: Path) -> None:
        run(sys.executable, "-m", "build", "-q", "--no-isolation", "--outdir", out, ROOT)

    out = once(tmp_path_factory, "distributions", build)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


@pytest.fixture(scope="session")
def wheel_environment(
    distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the wheel installed."""
    wheel = distributions["wheel"]
    made = once(tmp_path_factory, "wheel", lambda out: Environment(out / "venv").install(wheel))
    return Environment(made / "venv")
