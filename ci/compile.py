"""Builds a wheel of which the modules that take the time are compiled by mypyc: `XLCFG_COMPILE=1`.

Hatch's build hook. Without the variable it does nothing, and the wheel is pure Python. The modules
stay in a compiled wheel as Python, too: tracebacks show their lines. Which they are stands in
pyproject.toml; each list becomes one shared library, so that a check does not load the emulator's.
Modules in C that Python does without stand there as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Run in a copy of the package, away from pyproject.toml: that is hatchling's, not setuptools'.
SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import Extension, setup
groups = [(line.split()[1:], line.split()[0]) for line in sys.argv.pop(1).splitlines()]
kernels = sys.argv.pop(1).split()
args = ["--ignore-missing-imports", "--explicit-package-bases", "--cache-dir=types"]
args += [path for paths, _ in groups for path in paths]
setup(
    name="xlcfg",
    packages=[],
    ext_modules=mypycify(
        args, separate=groups, multi_file=True, target_dir="c", opt_level="2", debug_level="0"
    )
    + [Extension(path[:-2].replace("/", "."), [path]) for path in kernels],
)
"""


def wanted() -> bool:
    """Whether the environment asks for a compiled wheel."""
    return os.environ.get("XLCFG_COMPILE", "") not in ("", "0")


class CompileHook(BuildHookInterface[Any]):
    """Adds shared libraries to a wheel; editable installs stay as they are."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling."""
        return list(self.config["needs"]) if wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the libraries beside their modules."""
        if not wanted() or version == "editable":
            return
        self.place = TemporaryDirectory(prefix="xlcfg-")
        built = _compiled(
            Path(self.root),
            Path(self.place.name),
            self.config["libraries"],
            self.config["kernels"],
        )
        files = [path for path in sorted(built.rglob("*")) if path.is_file()]
        for path in files:
            build_data["force_include"][str(path)] = path.relative_to(built).as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        self.app.display_info(f"compiled {len(files)} libraries")

    def finalize(self, *_: object) -> None:
        """Clean up."""
        if hasattr(self, "place"):
            self.place.cleanup()


def _compiled(root: Path, place: Path, libraries: dict[str, list[str]], kernels: list[str]) -> Path:
    """The folder with what mypyc makes of each library's modules, and with the modules in C."""
    shutil.copytree(root / "xlcfg", place / "xlcfg", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "setup.py").write_text(SETUP, encoding="utf-8")
    groups = ""
    for name, patterns in libraries.items():
        paths = [path for pattern in patterns for path in sorted(place.glob(pattern))]
        groups += " ".join((name, *(path.relative_to(place).as_posix() for path in paths))) + "\n"
    command = [sys.executable, "setup.py", groups, " ".join(kernels), "-q"]
    command += ["build_ext", "-j2", "-b", "lib", "-t", "o"]
    done = subprocess.run(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"mypyc failed:\n{done.stdout}")
    return place / "lib"
