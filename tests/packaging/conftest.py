"""Builds the wheel and the sdist once and installs into fresh virtual environments."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from packaging_help import ROOT, Environment, run


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The paths of a freshly built "wheel" and "sdist"."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "-q", "--no-isolation", "--outdir", out, ROOT)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


@pytest.fixture(scope="session")
def wheel_environment(
    distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the wheel installed, for tests that add to it what they say."""
    environment = Environment(tmp_path_factory.mktemp("wheel") / "venv")
    environment.install(distributions["wheel"])
    return environment
