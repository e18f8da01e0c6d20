"""setup.sh with a mirror of our own making: an apt-get that serves what was fetched before."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from oracle.xl_oracle import directory

import needs
from support import ROOT

pytestmark = pytest.mark.needs("xl-4.14")

#: `apt-get download` copies files of DEBS; what is not there is an error, as with the real one.
APT_GET = """#!/bin/sh
for word; do
    case $word in
    update) [ -e "$DEBS" ] || { echo "E: the mirror is away"; exit 100; } ;;
    *_*|-*|/*) ;;
    *=*.*)
        file=$(ls "$DEBS"/"${word%%=*}"_"$(echo "${word#*=}" | sed 's/:/%3a/')"_*.deb) || exit 100
        cp "$file" .
        ;;
    esac
done
"""
#: `apt-cache madison NAME`: one line per version
APT_CACHE = """#!/bin/sh
for name; do :; done
for file in "$DEBS"/"$name"_*.deb; do
    [ -e "$file" ] && echo "$name | $(dpkg-deb -f "$file" Version) | a mirror"
done
exit 0
"""


class Mirror:
    """A copy of the scripts, whose pinned versions a test may change, and what they fetch from."""

    def __init__(self, folder: Path) -> None:
        self.debs = folder / "debs"
        self.releases = folder / "releases"
        self.needs = folder / "tests" / "needs.py"
        shutil.copytree(ROOT / "tests" / "oracle", folder / "tests" / "oracle")
        shutil.copy(ROOT / "tests" / "needs.py", self.needs)
        shutil.copytree(directory() / "debs" / "4.14", self.debs)
        (folder / "bin").mkdir()
        for name, script in (("apt-get", APT_GET), ("apt-cache", APT_CACHE)):
            (folder / "bin" / name).write_text(script)
            (folder / "bin" / name).chmod(0o755)
        self.folder = folder

    def pin(self, version: str) -> None:
        """From now on this is the version of 4.14 that is asked for."""
        text = self.needs.read_text(encoding="utf-8")
        before, mark, after = text.partition('"bullseye",')
        self.needs.write_text(before + mark + after.replace('"4.14.6-1"', f'"{version}"', 1))

    def setup(self, *releases: str) -> subprocess.CompletedProcess[str]:
        script = self.folder / "tests" / "oracle" / "setup.sh"
        path = os.pathsep.join((str(self.folder / "bin"), os.environ["PATH"]))
        return subprocess.run(
            ["sh", str(script), str(self.releases), *releases],
            env={**os.environ, "PATH": path, "DEBS": str(self.debs)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def shim(self) -> Path:
        return self.releases / "4.14" / "oracle" / "xl_shim.so"


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path)


def test_a_version_that_left_the_mirror_is_replaced_aloud(mirror: Mirror) -> None:
    mirror.pin("4.14.5-1")
    done = mirror.setup("4.14")
    assert done.returncode == 0, done.stderr
    said = "4.14: xen-utils-4.14=4.14.5-1 is not on the mirror, taking xen-utils-4.14=4.14.6-1\n"
    assert said in done.stderr
    assert "4.14: xen-utils-4.14=4.14.6-1 is now ready" in done.stdout
    assert mirror.shim.exists()


def test_a_release_that_cannot_be_had_takes_only_itself_away(mirror: Mirror) -> None:
    done = mirror.setup("4.17", "4.14", "4.20")
    assert done.returncode == 1
    assert "xen-utils-4.17 is not on the mirror, in no version\n" in done.stderr
    assert "4.17 is not set up, see above\n" in done.stderr
    assert "4.20 is not set up, see above\n" in done.stderr
    assert "4.14: xen-utils-4.14=4.14.6-1 is now ready" in done.stdout
    assert sorted(path.name for path in mirror.releases.glob("4.*")) == ["4.14"]


def test_what_was_set_up_stays(mirror: Mirror) -> None:
    assert mirror.setup("4.14").returncode == 0
    made = mirror.shim.stat().st_mtime_ns
    for file in mirror.debs.glob("xen-utils*"):
        file.unlink()
    # nothing to do, so nothing is fetched
    done = mirror.setup("4.14")
    assert (done.returncode, done.stderr) == (0, "")
    assert "is ready in" in done.stdout
    # another version is asked for and cannot be had
    mirror.pin("4.14.7-1")
    done = mirror.setup("4.14")
    assert done.returncode == 1
    assert "the 4.14 of before stays\n" in done.stderr
    shutil.rmtree(mirror.debs)
    done = mirror.setup("4.14")
    assert done.returncode == 1
    assert "the mirror is away" in done.stderr
    assert mirror.shim.stat().st_mtime_ns == made


def test_what_is_fetched_has_a_version() -> None:
    for release in needs.SUITES:
        names = [package.partition("=")[0] for package in needs.packages(release)]
        assert len(names) == len(set(names))
        assert all("=" in package for package in needs.packages(release))
