"""Debian packages, fetched through apt into a cache and checked by apt's signatures.

Every suite and architecture has an apt configuration of its own below the cache: the system's
sources, lists, caches and installed packages are neither used nor changed. The mirror is the one
the system is configured with. apt checks the signature of a suite against Debian's keyring, and
each package against the hashes that the suite lists; what it has not checked is never unpacked.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from xlcfg.record.errors import MissingProgramError, RecordError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
#: Lists of packages are asked for again after a day.
_STALE = 86_400
_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]*(=[0-9A-Za-z.:~+-]+)?\Z")
_ONE_LINE = re.compile(r"^deb\s+(?:\[[^\]\n]*\]\s*)?(\S+)\s+(\S+)", re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_SUITE = re.compile(r"[a-z][a-z0-9-]*\Z")

Say = Callable[[str], None]


def cache_dir() -> Path:
    """Where packages are kept: `$XDG_CACHE_HOME/xlcfg/record`, or below `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base and os.path.isabs(base) else Path.home() / ".cache"
    return root / "xlcfg" / "record"


def system_mirrors() -> tuple[str, str]:
    """(archive, security archive) that the system's apt is configured with, "" for none."""
    form = "$(REPO_URI) $(RELEASE)"
    done = _run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"])
    pairs = [tuple(line.split(" ", 1)) for line in done.stdout.splitlines() if " " in line]
    # apt tells of what it has lists of; on a fresh system it has none
    return choose_mirrors(pairs or configured(Path("/etc/apt")))


def choose_mirrors(pairs: Iterable[tuple[str, ...]]) -> tuple[str, str]:
    """(archive, security archive) of (address, suite) in the order of the configuration."""
    archive = security = ""
    for uri, suite in pairs:
        where = uri.rstrip("/")
        if suite.endswith("-security") and where.endswith("debian-security"):
            security = security or where
        elif where.endswith("/debian"):
            archive = archive or where
    return archive, security


def configured(folder: Path) -> list[tuple[str, ...]]:
    """(address, suite) of every source in files of apt's two forms that is not switched off."""
    pairs: list[tuple[str, ...]] = []
    parts = folder / "sources.list.d"
    for path in (folder / "sources.list", *sorted(parts.glob("*.list"))):
        if path.is_file():
            found = _ONE_LINE.findall(path.read_text(errors="replace"))
            pairs += [(uri, suite) for uri, suite in found]
    for path in sorted(parts.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            fields = {name.lower(): value.split() for name, value in _FIELD.findall(stanza)}
            if "deb" in fields.get("types", ()) and fields.get("enabled") != ["no"]:
                suites = fields.get("suites", ())
                pairs += [(uri, suite) for uri in fields.get("uris", ()) for suite in suites]
    return pairs


def _run(command: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        package = {"apt-get": "apt", "apt-cache": "apt", "dpkg-deb": "dpkg"}[command[0]]
        raise MissingProgramError(command[0], package, "fetches packages (or name files instead)")
    return subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, "LC_ALL": "C", "APT_CONFIG": "/dev/null"}
        if command[0] != "apt-get" or "indextargets" not in command
        else {**os.environ, "LC_ALL": "C"},
    )


@contextmanager
def alone(cache: Path, say: Say) -> Iterator[None]:
    """Nobody else fetches into this cache at the same time: the second waits for the first."""
    with ExitStack() as stack:
        try:
            cache.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context((cache / "lock").open("a"))
        except OSError:
            file = None  # nothing can be fetched into it
        if file is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("waiting for another recording that fetches packages")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


class NotThereError(RecordError):
    """What the lists name is not at the mirror, or a list that it should have is not."""


class Apt:
    """The packages of one suite and architecture.

    `root` is a folder of the cache, `mirror` the (archive, security archive) to ask. Everything
    raises RecordError with apt's own words when it fails.
    """

    def __init__(self, root: Path, suite: str, arch: str, mirror: tuple[str, str]) -> None:
        if not _SUITE.match(suite):
            raise RecordError(f"{suite!r} is no suite of Debian")
        self.suite = suite
        self.arch = arch
        self.dir = root / "apt" / (f"{suite}-{arch}" + "-main" * (not mirror[1]))
        self.mirror = mirror
        self._ready = False

    def sources(self) -> str:
        """The sources.list: the suite, its base for backports, its security updates."""
        archive, security = self.mirror
        if not archive:
            raise RecordError(
                "the system's apt knows no Debian archive to fetch packages from; "
                "name one with --mirror, or name files"
            )
        lines = [f"deb [signed-by={KEYRING}] {archive} {self.suite} main"]
        base = self.suite.removesuffix("-backports")
        if base != self.suite:
            lines.append(f"deb [signed-by={KEYRING}] {archive} {base} main")
        if security and base not in ("sid", "unstable", "experimental"):
            lines.append(f"deb [signed-by={KEYRING}] {security} {base}-security main")
        return "\n".join(lines) + "\n"

    def _options(self) -> list[str]:
        pairs = {
            "Dir::Etc": self.dir,
            "Dir::Etc::sourcelist": self.dir / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State": self.dir / "state",
            "Dir::State::lists": self.dir / "lists",
            "Dir::State::status": self.dir / "status",
            "Dir::Cache": self.dir / "cache",
            "Acquire::Languages": "none",
            "APT::Architecture": self.arch,
            "APT::Architectures": self.arch,
            "APT::Install-Recommends": "0",
            # the cache may be in a home that apt's own user cannot enter
            "APT::Sandbox::User": "root",
        }
        if self.suite.endswith("-backports"):
            pairs["APT::Default-Release"] = self.suite
        return [f"-o{name}={value}" for name, value in pairs.items()]

    def _apt(self, program: str, *words: str, cwd: Path | None = None) -> str:
        done = _run([program, *self._options(), "-q", *words], cwd)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("E:")]
            why = "; ".join(said) or done.stderr.strip() or f"exit status {done.returncode}"
            action = next(word for word in words if not word.startswith("-"))
            raise RecordError(f"{program} {action} ({self.suite}, {self.arch}): {why}")
        return done.stdout

    def update(self) -> None:
        """Fetch the suite's lists, unless they are of today."""
        if self._ready:
            return
        if not os.path.exists(KEYRING):
            raise MissingProgramError(
                KEYRING, "debian-archive-keyring", "holds the keys that packages are checked with"
            )
        for name in ("lists/partial", "cache/archives/partial", "state"):
            (self.dir / name).mkdir(parents=True, exist_ok=True)
        if not (self.dir / "status").exists():
            (self.dir / "status").touch()
        sources = self.dir / "sources.list"
        stamp = self.dir / "updated"
        wanted = self.sources()
        fresh = (
            stamp.exists()
            and time.time() - stamp.stat().st_mtime < _STALE
            and sources.read_text() == wanted
        )
        if not fresh:
            sources.write_text(wanted)
            # a list that could not be fetched is a failure, not a warning
            try:
                self._apt("apt-get", "-oAPT::Update::Error-Mode=any", "update")
            except RecordError as error:
                raise NotThereError(str(error)) from None
            stamp.write_text("")
        self._ready = True

    def version(self, package: str) -> str:
        """The version that would be installed, "" when the suite has no such package."""
        self.update()
        _check(package)
        out = self._apt("apt-cache", "policy", package)
        found = re.search(r"^  Candidate: (\S+)$", out, re.MULTILINE)
        return "" if found is None or found[1] == "(none)" else found[1]

    def depends(self, package: str) -> list[str]:
        """The names of what a package depends on, the first where one of several will do."""
        self.update()
        _check(package)
        out = self._apt("apt-cache", "show", "--no-all-versions", package)
        found = re.search(r"^Depends: (.*)$", out, re.MULTILINE)
        words = found[1].split(",") if found else []
        return [re.split(r"[ |(:]", word.strip())[0] for word in words if word.strip()]

    def download(self, package: str) -> Path:
        """The package's file. One that is in the cache already was checked when it came."""
        version = self.version(package)
        if not version:
            raise RecordError(f"{self.suite} has no package {package} for {self.arch}")
        store = self.dir / "packages"
        store.mkdir(exist_ok=True)
        name = package.partition("=")[0]
        escaped = version.replace(":", "%3a")
        for arch in (self.arch, "all"):
            kept = store / f"{name}_{escaped}_{arch}.deb"
            if kept.exists():
                return kept
        fresh = self.dir / "incoming"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            self._apt("apt-get", "download", f"{name}={version}", cwd=fresh)
        except RecordError as error:
            if "404" in str(error):
                raise NotThereError(str(error)) from None
            raise
        files = list(fresh.glob("*.deb"))
        if len(files) != 1:
            raise RecordError(f"apt-get download {name}: no package came")
        kept = store / files[0].name
        os.replace(files[0], kept)
        return kept

    def download_all(self, *packages: str) -> list[Path]:
        """The files of packages and of everything they depend on."""
        self.update()
        for package in packages:
            _check(package)
        self._apt("apt-get", "-y", "--download-only", "install", *packages)
        return sorted((self.dir / "cache" / "archives").glob("*.deb"))

    def forget_downloads(self) -> None:
        """Drop the files of `download_all`, once they are unpacked."""
        for path in (self.dir / "cache" / "archives").glob("*.deb"):
            path.unlink(missing_ok=True)


def _check(package: str) -> None:
    if not _NAME.match(package):
        raise RecordError(f"{package!r} is no name of a package")


def unpack(package: Path, into: Path) -> None:
    """Unpack a whole package below a folder."""
    done = _run(["dpkg-deb", "-x", str(package), str(into)])
    if done.returncode:
        raise RecordError(f"{package.name} cannot be unpacked: {done.stderr.strip()}")


def unpack_all(packages: Iterable[Path], into: Path) -> None:
    """Unpack several packages into a folder that appears when it is complete."""
    half = into.with_name(into.name + ".partial")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    try:
        for package in packages:
            unpack(package, half)
        shutil.rmtree(into, ignore_errors=True)
        os.replace(half, into)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def extract(package: Path, wanted: Callable[[str], bool], to: Path) -> None:
    """Write the first regular file of a package whose path is wanted to `to`."""
    if to not in extract_some(package, {to: wanted}):
        raise RecordError(f"{package.name} has no file like {to.name}")


def extract_some(package: Path, wanted: dict[Path, Callable[[str], bool]]) -> list[Path]:
    """Write the first regular file of a package that each path wants to it, and tell the paths
    that are there then. Nothing is written from a package that is damaged at any place.
    """
    missing = {to: check for to, check in wanted.items() if not to.exists()}
    if not missing:
        return list(wanted)
    if shutil.which("dpkg-deb") is None:
        raise MissingProgramError("dpkg-deb", "dpkg", "unpacks packages")
    halves: dict[Path, Path] = {}
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(package)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                for member in archive:
                    name = member.name.removeprefix("./")
                    to = next((t for t, check in missing.items() if check(name)), None)
                    source = archive.extractfile(member) if to and member.isreg() else None
                    if to is None or source is None:
                        continue
                    del missing[to]
                    to.parent.mkdir(parents=True, exist_ok=True)
                    halves[to] = to.with_name(to.name + ".partial")
                    with source, halves[to].open("wb") as out:
                        shutil.copyfileobj(source, out)
            # what pads the archive
            for _ in iter(partial(process.stdout.read, 1 << 20), b""):
                pass
            if process.wait():
                raise RecordError(f"{package.name} cannot be unpacked: it is damaged")
            for to, half in halves.items():
                os.replace(half, to)
        except tarfile.TarError as error:
            raise RecordError(f"{package.name} cannot be unpacked: {error}") from None
        finally:
            process.kill()
            for half in halves.values():
                half.unlink(missing_ok=True)
    return [to for to in wanted if to not in missing]
