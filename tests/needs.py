"""What the tests hold xlcfg against, and what else they cannot bring along: the one table of it.

A test that cannot do without one of these says so: `@pytest.mark.needs("chromium")`, or
`needs.require("xl-4.20")` in its body or in a fixture. Where it is missing the test is skipped and
the end of the run says so; with `CI=true` or `pytest --all` the run fails, unless
`XLCFG_ALLOW_MISSING=chromium,npm` names what may be missing. `tests/conftest.py` does that part.

    python3 tests/needs.py                  the table
    python3 tests/needs.py find compiler    where it is, or why not; fails where it is missing
    python3 tests/needs.py debian           "NAME PACKAGE...": Debian packages of what is missing
    python3 tests/needs.py debian box       the same for tests/box/run
    python3 tests/needs.py suite 4.20       the Debian suite that has this release of Xen
    python3 tests/needs.py packages 4.20    its packages, "NAME=VERSION"
    python3 tests/needs.py pins 4.20        what its box is made of, "SOURCE PACKAGE=VERSION"

Plain Python 3.11 without any package runs it: `.ci/setup` asks before anything is installed.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from oracle.xl_oracle import directory

ROOT = Path(__file__).resolve().parent.parent
ORACLE = ROOT / "tests" / "oracle"
VSCODE = ROOT / "editors" / "vscode"
PINS = ROOT / "ci" / "requirements.txt"


class Missing(Exception):
    """A need is not to be had here; the message says why."""


class Need(NamedTuple):
    """One row of the table."""

    #: what tests, `XLCFG_ALLOW_MISSING` and the table call it
    name: str
    #: what the tests do with it
    purpose: str
    #: the path or the name it is found by; raises `Missing`
    find: Callable[[], str]
    #: the version of what was found, asked only for the table
    version: Callable[[str], str]
    #: the version that the recorded answers are of or that is pinned; "": any will do
    recorded: str = ""
    #: Debian packages that bring it
    debian: tuple[str, ...] = ()


class Suite(NamedTuple):
    """A release of Xen in Debian: where it comes from, and what else its programs load."""

    suite: str
    version: str
    store: str
    libraries: tuple[str, ...]


#: The releases whose real xl is asked. The versions are those that the recorded answers are of
#: (tests/engine/data; 4.20.3+127 gave the same answers to all of them).
SUITES = {
    "4.14": Suite(
        "bullseye",
        "4.14.6-1",
        "libxenstore3.0",
        ("libyajl2=2.1.0-3+deb11u2", "libuuid1=2.36.1-8+deb11u2"),
    ),
    "4.17": Suite(
        "bookworm",
        "4.17.7+13-g2445b30a44-0+deb12u1",
        "libxenstore4",
        ("libyajl2=2.1.0-3+deb12u2",),
    ),
    "4.20": Suite(
        "trixie",
        "4.20.4+63-g7abfd2bce2-0+deb13u1",
        "libxenstore4",
        ("libyajl2=2.1.0-5+b2", "libuuid1=2.41.5-0+deb13u1", "libc6=2.41-12+deb13u5"),
    ),
}
_OF_XEN = (
    *("libxen-dev", "libxencall1", "libxendevicemodel1", "libxenevtchn1"),
    *("libxenforeignmemory1", "libxengnttab1", "libxenhypfs1", "libxentoolcore1"),
    "libxentoollog1",
)


def packages(release: str) -> list[str]:
    """What `tests/oracle/setup.sh` fetches for a release of Xen, as NAME=VERSION."""
    suite = SUITES[release]
    names = (f"xen-utils-{release}", f"libxenmisc{release}", suite.store, *_OF_XEN)
    return [*(f"{name}={suite.version}" for name in names), *suite.libraries]


#: What else a whole host of a release is made of (tests/box/setup.sh), by source package: the
#: versions that the recorded results are of.
_BOXES = {
    "4.17": {"qemu": "1:7.2+dfsg-7+deb12u18", "linux-signed-amd64": "6.1.192-2"},
    "4.20": {"qemu": "1:10.0.13+ds-0+deb13u1", "linux-signed-amd64": "6.12.118-1"},
}


def pins(release: str) -> list[str]:
    """What the box of a release is made of, as SOURCE=VERSION."""
    versions = {"xen": SUITES[release].version, **_BOXES.get(release, {})}
    return [f"{source}={version}" for source, version in versions.items()]


# -- how things are found -----------------------------------------------------------------------


def _said(*command: str) -> str:
    """The first line that a command prints."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return ((done.stdout or done.stderr).strip().splitlines() or ["it says nothing"])[0]


def _number(*command: str) -> str:
    """The first thing that looks like a version in what a command prints."""
    said = _said(*command)
    found = re.search(r"\d+(\.\d+)+\S*", said)
    return found[0].rstrip(",") if found else said


def _of_package(name: str) -> str:
    """The installed version of a Debian package."""
    if shutil.which("dpkg-query") is None:
        return "of no Debian package"
    said = _said("dpkg-query", "-W", "-f=${Version}\n", name)
    return said if re.match(r"\d", said) else "of no Debian package"


def _xl(release: str) -> Need:
    def find() -> str:
        shim = directory() / release / "oracle" / "xl_shim.so"
        if not shim.exists():
            if platform.machine() != "x86_64":
                raise Missing("it runs on x86_64 only")
            raise Missing(f"not in {directory()}, see .cache/oracle.log (tests/oracle/setup.sh)")
        return str(shim)

    def version(shim: str) -> str:
        listed = Path(shim).with_name("packages.txt").read_text(encoding="utf-8")
        found = re.search(rf"^xen-utils-{re.escape(release)}=(\S+)", listed, re.MULTILINE)
        return found[1] if found else "of no Debian package"

    return Need(
        f"xl-{release}",
        f"the real xl of Xen {release}, asked what it makes of configs",
        find,
        version,
        SUITES[release].version,
        ("gcc", "libc6-dev"),
    )


def _libxlutil() -> str:
    if str(ORACLE) not in sys.path:
        sys.path.insert(0, str(ORACLE))
    try:
        import xlu_fast
    except ImportError as error:
        raise Missing(str(error)) from None
    return str(xlu_fast.LIBRARY)


def libvirt_pairs() -> Path:
    """Where the pairs are that tests/oracle/libvirt.sh fetches."""
    return Path(os.environ.get("XL_LIBVIRT_DIR") or ROOT / ".cache" / "libvirt")


def _libvirt() -> str:
    if not (libvirt_pairs() / "version").exists():
        raise Missing(f"not in {libvirt_pairs()}, see .cache/libvirt.log (tests/oracle/libvirt.sh)")
    return str(libvirt_pairs())


def _on_path(*names: str, where: str = "") -> Callable[[], str]:
    def find() -> str:
        path = os.pathsep.join(filter(None, (os.environ.get("PATH", os.defpath), where)))
        for name in names:
            if found := shutil.which(name, path=path):
                return found
        raise Missing(f"no {' or '.join(names)} on PATH")

    return find


def boxes() -> Path:
    """Where the hosts are that tests/box/setup.sh makes."""
    return Path(os.environ.get("XL_BOX_DIR") or ROOT / ".cache" / "box")


def _box(name: str, purpose: str, image: str, qemu: str, *debian: str) -> Need:
    """A whole Xen host in QEMU; `image` is the file without which it does not start."""

    def find() -> str:
        _on_path(qemu)()
        if not (boxes() / name / image).exists():
            raise Missing(f"not in {boxes()} (tests/box/run setup)")
        return str(boxes() / name)

    def version(where: str) -> str:
        listed = (Path(where) / "packages.txt").read_text(encoding="utf-8")
        found = re.findall(r"^xen-hypervisor-\S+?=(\S+)", listed, re.MULTILINE)
        return " ".join(found) or "of no Debian package"

    recorded = SUITES[name].version if name in SUITES else ""
    return Need(f"box-{name}", purpose, find, version, recorded, debian)


def _amd64_box(release: str) -> Need:
    return _box(
        release,
        f"a whole host of Xen {release} in QEMU, which creates guests",
        "snapshot.txt",
        "qemu-system-x86_64",
        *("qemu-system-x86", "qemu-utils", "e2fsprogs", "gcc", "libc6-dev", "cpio", "xz-utils"),
        "kmod",
    )


def _recorder(arch: str) -> Need:
    """A QEMU that boots are recorded under, which is fetched where the system's is too old."""

    def find() -> str:
        try:
            from xlcfg.record.errors import RecordError
            from xlcfg.record.images import Images
        except ImportError as error:
            raise Missing(str(error)) from None
        try:
            return Images(lambda _: None).qemu(arch).label
        except RecordError as error:
            raise Missing(str(error)) from None

    return Need(f"recorder-{arch}", f"records boots of {arch}", find, lambda label: label)


def _program(name: str, purpose: str, *debian: str, names: tuple[str, ...] = ()) -> Need:
    find = _on_path(*(names or (name,)))
    return Need(name, purpose, find, lambda path: _number(path, "--version"), "", debian)


def _node() -> str:
    node = _on_path("node")()
    version = _number(node, "--version")
    if int(version.partition(".")[0]) < 20:
        raise Missing(f"vsce needs Node 20, this is {version}")
    return node


def _npm() -> str:
    npm = _on_path("npm")()
    if not (VSCODE / "node_modules").is_dir():
        raise Missing(
            "editors/vscode has no node_modules, see .cache/npm.log (`npm install` there)"
        )
    return npm


def _compiler() -> str:
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not header.exists():
        raise Missing(f"no {header}")
    return _on_path("gcc", "cc")()


def _interpreted() -> str:
    try:
        machine = importlib.util.find_spec("xlcfg.emulator.machine")
    except ImportError as error:
        raise Missing(str(error)) from None
    if machine is None or not str(machine.origin).endswith(".py"):
        raise Missing("this xlcfg is compiled")
    return str(machine.origin)


def _vim() -> str:
    vim = _on_path("vim")()
    done = subprocess.run([vim, "--version"], capture_output=True, text=True, check=False)
    if "+syntax" not in done.stdout:
        raise Missing("this vim was built without syntax")
    return vim


def _emacs() -> str:
    emacs = _on_path("emacs")()
    command = [emacs, "--batch", "-q", "-f", "package-activate-all", "--eval", "(require 'eglot)"]
    if subprocess.run(command, capture_output=True, check=False, timeout=60).returncode:
        raise Missing("this Emacs has no eglot")
    return emacs


def _pinned(package: str) -> str:
    if not PINS.exists():
        return ""
    pins = PINS.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(package)}==([^\s;]+)", pins, re.MULTILINE)
    return found[1] if found else ""


def _package(name: str, purpose: str) -> Need:
    """A Python package of the extra `dev`."""

    def find() -> str:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            raise Missing("not installed: pip install -e '.[dev]'") from None
        return name

    return Need(name, purpose, find, metadata.version, _pinned(name))


TABLE = {
    need.name: need
    for need in (
        *map(_xl, SUITES),
        Need(
            "libxlutil",
            "xl's own parser of configs, asked what it reads",
            _libxlutil,
            lambda _: _of_package("libxenmisc4.17"),
            SUITES["4.17"].version,
            ("gcc", "libc6-dev", "libxenmisc4.17"),
        ),
        Need(
            "libvirt-pairs",
            "what libvirt's own tests make of domain XML",
            _libvirt,
            lambda where: (Path(where) / "version").read_text(encoding="utf-8").strip(),
            "9.0.0-4+deb12u2",
        ),
        Need(
            "xenalyze",
            "sums up the same xentrace captures",
            _on_path("xenalyze", where="/usr/bin:/usr/sbin:/usr/lib/xen-4.17/bin"),
            lambda _: _of_package("xen-utils-4.17"),
            SUITES["4.17"].version,
            ("xen-utils-4.17",),
        ),
        *map(_amd64_box, _BOXES),
        _box(
            "arm64",
            "arm64 Xen 4.17 and 4.20 in QEMU, which build the domains of device trees",
            "xen-4.20",
            "qemu-system-aarch64",
            *("qemu-system-arm", "device-tree-compiler"),
        ),
        _recorder("arm64"),
        _recorder("x86_64"),
        Need(
            "compiler",
            "compiles the modules that take the time (ci/compiled)",
            _compiler,
            lambda path: _number(path, "--version"),
            "",
            ("gcc", "libc6-dev", "python3-dev"),
        ),
        Need(
            "interpreted",
            "lets tests count calls of the emulator, which a compiled one shows nobody",
            _interpreted,
            lambda _: platform.python_version(),
        ),
        _program(
            "chromium",
            "opens the pages of replays and of the documentation",
            "chromium",
            names=("chromium", "google-chrome"),
        ),
        _program("chromedriver", "clicks and types in them", "chromium-driver"),
        _package("selenium", "drives the browser"),
        Need(
            "node",
            "packages the extension for Visual Studio Code",
            _node,
            lambda path: _number(path, "--version"),
        ),
        Need(
            "npm",
            "runs the tests of the extension for Visual Studio Code",
            _npm,
            lambda path: _number(path, "--version"),
        ),
        Need(
            "vim",
            "colours configs with our syntax file",
            _vim,
            lambda path: _number(path, "--version"),
            "",
            ("vim",),
        ),
        _program("nvim", "asks the language server as docs/editors.md has it", "neovim"),
        Need(
            "emacs",
            "knows configs as docs/editors.md has it, and asks the language server",
            _emacs,
            lambda path: _number(path, "--version"),
            "",
            ("emacs-nox", "elpa-eglot"),
        ),
        _program("bash", "reads the completion script", "bash"),
        _program("zsh", "reads the completion script", "zsh"),
        _program("fish", "reads the completion script", "fish"),
        _program("groff", "reads the manual page", "groff-base"),
        _program("dtc", "compiles the device trees that we write", "device-tree-compiler"),
        _program("patch", "applies what `check --diff` prints", "patch"),
        _package("schemastore", "has the schema of SARIF"),
        _package("sarif-pydantic", "reads SARIF"),
        _package("junitparser", "reads JUnit"),
        _package("fsspec", "opens files of object stores and the web"),
        _package("aiohttp", "lets fsspec read from the web"),
        _package("distributed", "is dask: spreads a run over machines"),
        _package("mkdocs", "builds the documentation"),
    )
}


# -- what tests ask -------------------------------------------------------------------------------

#: names asked for since somebody looked: tests/conftest.py takes them as those of the running test
asked: list[str] = []


@functools.cache
def _looked_up(name: str, _: str) -> tuple[str, str]:
    try:
        return TABLE[name].find(), ""
    except Missing as error:
        return "", str(error)


def lookup(name: str) -> tuple[str, str]:
    """Where a need was found, or "" and why it was not."""
    return _looked_up(name, str(directory()))


def present(name: str) -> bool:
    """Whether a need is there; also notes that it was asked for."""
    asked.append(name)
    return bool(lookup(name)[0])


def require(*names: str) -> str:
    """Skips the running test where one of these is missing, else says where the first was found."""
    import pytest

    __tracebackhide__ = True  # the skip is told where the test asks
    for name in names:
        if not present(name):
            pytest.skip(f"needs {name}: {lookup(name)[1]}", allow_module_level=True)
    return lookup(names[0])[0]


# -- what the end of a run says -----------------------------------------------------------------


class Row(NamedTuple):
    """What came of one need."""

    name: str
    version: str
    missing: str
    recorded: str
    purpose: str

    @property
    def deviates(self) -> bool:
        """Whether it was found in another version than the recorded one."""
        return bool(self.version and self.recorded and self.version != self.recorded)

    def __str__(self) -> str:
        if self.missing:
            return f"{self.name:14} MISSING: {self.missing}"
        if self.deviates:
            said = f"{self.version} found, recorded answers are {self.recorded}'s"
            if TABLE[self.name].version is metadata.version:
                said = f"{self.version} found, {self.recorded} is pinned"
            return f"{self.name:14} {said}"
        return f"{self.name:14} {self.version}"


def rows(names: Iterable[str] = TABLE) -> list[Row]:
    """The table, or some of it."""
    found = []
    for name in names:
        need = TABLE[name]
        where, missing = lookup(name)
        version = need.version(where) if where else ""
        found.append(Row(name, version, missing, need.recorded, need.purpose))
    return found


def deviations(names: Iterable[str]) -> list[str]:
    """A sentence for each of these that is not of the recorded version."""
    return [str(row) for row in rows(dict.fromkeys(names)) if row.deviates]


def strict() -> bool:
    """Whether the environment is that of a continuous integration."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def allowed() -> set[str]:
    """What may be missing by XLCFG_ALLOW_MISSING; raises `ValueError` for a name of no need."""
    names = {
        name for name in re.split(r"[\s,]+", os.environ.get("XLCFG_ALLOW_MISSING", "")) if name
    }
    if unknown := names - set(TABLE):
        raise ValueError(
            f"XLCFG_ALLOW_MISSING: no such need: {', '.join(sorted(unknown))}; "
            f"there are {', '.join(TABLE)}"
        )
    return names


def verdict(found: Iterable[Row]) -> str:
    """Why a run that may lack nothing fails, or ""."""
    lacking = [row.name for row in found if row.missing and row.name not in allowed()]
    if not lacking:
        return ""
    return (
        f"missing: {', '.join(lacking)}. With CI=true or --all that is a failure; "
        f"XLCFG_ALLOW_MISSING={','.join(lacking)} allows it"
    )


def main(arguments: list[str]) -> int:
    match arguments:
        case ["suite", release] if release in SUITES:
            print(SUITES[release].suite)
        case ["packages", release] if release in SUITES:
            print("\n".join(packages(release)))
        case ["pins", release] if release in _BOXES:
            print("\n".join(pins(release)))
        case ["debian", *what] if what in ([], ["box"]):
            for name, need in TABLE.items():
                if need.debian and name.startswith("box-") == bool(what) and not lookup(name)[0]:
                    print(name, *need.debian)
        case ["find", name] if name in TABLE:
            where, missing = lookup(name)
            print(where or f"{name}: {missing}")
            return not where
        case []:
            for row in rows():
                print(row)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
