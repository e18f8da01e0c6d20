"""Packages: a private apt configuration, and nothing that is not signed."""

from __future__ import annotations

import hashlib
import lzma
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from xlcfg.record import images, packages
from xlcfg.record.errors import MissingProgramError, RecordError
from xlcfg.record.forms import plain_image, unpack_image
from xlcfg.record.images import Images, loaded
from xlcfg.record.packages import Apt, NotThereError, cache_dir, extract, unpack_all

MIRROR = ("http://mirror.invalid/debian", "http://mirror.invalid/debian-security")


def needs_apt() -> None:
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here: packages are fetched on Debian alone")


def make_deb(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    """A package with these files in it."""
    root = folder / name
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1.0\nArchitecture: amd64\nMaintainer: a <a@b.c>\n"
        "Description: made\n"
    )
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    deb = folder / f"{name}_1.0_amd64.deb"
    subprocess.run(["dpkg-deb", "-b", str(root), str(deb)], check=True, capture_output=True)
    shutil.rmtree(root)
    return deb


# -- apt ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        ("bookworm", ["debian bookworm main", "debian-security bookworm-security main"]),
        ("sid", ["debian sid main"]),
        (
            "trixie-backports",
            [
                "debian trixie-backports main",
                "debian trixie main",
                "debian-security trixie-security main",
            ],
        ),
    ],
)
def test_what_a_suite_is_fetched_from(tmp_path: Path, suite: str, expected: list[str]) -> None:
    sources = Apt(tmp_path, suite, "amd64", MIRROR).sources()
    assert [line.split(".invalid/")[1] for line in sources.splitlines()] == expected
    assert all("[signed-by=" in line for line in sources.splitlines())


def test_a_system_without_a_debian_archive(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="--mirror"):
        Apt(tmp_path, "bookworm", "amd64", ("", "")).sources()


def test_sources_of_a_system_that_has_no_lists_yet(tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://off.invalid/debian bookworm main\n"
        "deb [arch=amd64 trusted=no] http://one.invalid/debian/ bookworm main\n"
        "deb-src http://src.invalid/debian bookworm main\n"
    )
    (parts / "debian.sources").write_text(
        "Types: deb deb-src\nURIs: http://two.invalid/debian\nSuites: bookworm bookworm-updates\n"
        "Components: main\n\n"
        "# comment\nTypes: deb\nURIs: http://two.invalid/debian-security\n"
        "Suites: bookworm-security\n\n"
        "Enabled: no\nTypes: deb\nURIs: http://off.invalid/debian\nSuites: sid\n"
    )
    found = packages.configured(tmp_path)
    assert ("http://one.invalid/debian/", "bookworm") in found
    assert ("http://two.invalid/debian", "bookworm-updates") in found
    assert not any("off" in uri or "src" in uri for uri, _ in found)
    assert packages.choose_mirrors(found) == (
        "http://one.invalid/debian",
        "http://two.invalid/debian-security",
    )
    assert packages.choose_mirrors(packages.configured(tmp_path / "none")) == ("", "")


@pytest.mark.parametrize("suite", ["", "Book Worm", "../x", "a;b", "-x", "a\nb"])
def test_what_is_no_suite(tmp_path: Path, suite: str) -> None:
    with pytest.raises(RecordError, match="no suite of Debian"):
        Apt(tmp_path, suite, "amd64", MIRROR)


@pytest.mark.parametrize("name", ["-oDir::Etc=/x", "a b", "A", "../x", ""])
def test_what_is_no_package(tmp_path: Path, name: str) -> None:
    apt = Apt(tmp_path, "bookworm", "amd64", MIRROR)
    apt._ready = True
    with pytest.raises(RecordError, match="no name of a package"):
        apt.version(name)


def test_an_archive_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    needs_apt()
    archive = tmp_path / "debian"
    dists = archive / "dists" / "bookworm"
    (dists / "main" / "binary-amd64").mkdir(parents=True)
    deb = make_deb(tmp_path, "busybox-static", {"bin/busybox": b"evil"})
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    entry = (
        "Package: busybox-static\nVersion: 1.0\nArchitecture: amd64\nMaintainer: a <a@b.c>\n"
        f"Filename: pool/{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n\n"
    ).encode()
    (archive / "pool").mkdir()
    shutil.copy(deb, archive / "pool")
    index = dists / "main" / "binary-amd64" / "Packages"
    index.write_bytes(entry)
    (dists / "Release").write_text(
        "Suite: bookworm\nCodename: bookworm\nComponents: main\nArchitectures: amd64\nSHA256:\n"
        f" {hashlib.sha256(entry).hexdigest()} {len(entry)} main/binary-amd64/Packages\n"
    )
    cache = tmp_path / "cache"
    with pytest.raises(RecordError, match="signed"):
        Images(lambda _: None, cache, f"copy:{archive}").busybox("x86_64")
    assert not list(cache.rglob("*.deb"))
    assert not (cache / "images").exists()


def test_a_mirror_that_is_not_there(tmp_path: Path) -> None:
    needs_apt()
    with pytest.raises(RecordError, match="apt-get update"):
        Images(lambda _: None, tmp_path, f"copy:{tmp_path}/none").busybox("x86_64")


def test_a_missing_program_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match=r"apt-get is missing.*apt-get install apt"):
        packages.system_mirrors()


def test_a_missing_keyring_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packages, "KEYRING", str(tmp_path / "none.gpg"))
    with pytest.raises(MissingProgramError, match="install debian-archive-keyring"):
        Apt(tmp_path, "bookworm", "amd64", MIRROR).update()


def test_where_packages_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir() == tmp_path / "xlcfg" / "record"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/u")
    assert cache_dir() == Path("/home/u/.cache/xlcfg/record")


# -- unpacking ------------------------------------------------------------------------------------


def test_one_file_of_a_package(tmp_path: Path) -> None:
    needs_apt()
    deb = make_deb(tmp_path, "xen", {"boot/xen-4.config": b"no", "boot/xen-4.gz": b"yes"})
    extract(deb, images._is_xen, tmp_path / "out" / "xen")
    assert (tmp_path / "out" / "xen").read_bytes() == b"yes"
    with pytest.raises(RecordError, match="no file like other"):
        extract(deb, lambda _: False, tmp_path / "out" / "other")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["xen"]


@pytest.mark.parametrize("kept", [0.5, 0.999], ids=["half", "all but the end"])
def test_a_damaged_package_leaves_nothing(tmp_path: Path, kept: float) -> None:
    needs_apt()
    noise = random.Random(1).randbytes(200_000)  # cannot be packed into less
    deb = make_deb(tmp_path, "a", {"usr/bin/a": b"a" * 9000, "usr/bin/b": noise})
    whole = deb.read_bytes()
    deb.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(RecordError, match="a_1"):
        extract(deb, lambda name: name == "usr/bin/a", tmp_path / "out" / "a")
    with pytest.raises(RecordError, match="a_1"):
        unpack_all([deb], tmp_path / "all")
    assert not (tmp_path / "all").exists()
    assert not list((tmp_path / "out").iterdir())


def test_some_files_of_a_package(tmp_path: Path) -> None:
    needs_apt()
    deb = make_deb(tmp_path, "a", {"m/a.ko": b"1", "m/b.ko": b"2"})
    a, b, none = (tmp_path / "out" / name for name in ("a", "b", "none"))
    wanted = {
        a: lambda path: path == "m/a.ko",
        none: lambda path: path == "m/c.ko",
        b: lambda path: path == "m/b.ko",
    }
    assert packages.extract_some(deb, wanted) == [a, b]
    assert (a.read_bytes(), b.read_bytes()) == (b"1", b"2")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a", "b"]
    deb.unlink()  # what is there is not unpacked again
    assert packages.extract_some(deb, {a: lambda _: True}) == [a]


def test_several_packages_in_one_folder(tmp_path: Path) -> None:
    needs_apt()
    debs = [make_deb(tmp_path, n, {f"usr/{n}": n.encode()}) for n in ("aa", "bb")]
    unpack_all(debs, tmp_path / "all")
    assert (tmp_path / "all" / "usr" / "bb").read_bytes() == b"bb"


# -- images ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fits", [True, False])
def test_lists_of_updates_that_do_not_fit_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fits: bool
) -> None:
    def version(self: Apt, _: str) -> str:
        if self.mirror[1] and not fits:
            raise NotThereError("File has unexpected size")
        return "2" if self.mirror[1] else "1"

    def download(self: Apt, package: str) -> Path:
        data = f"{self.arch} {self.version(package)}".encode()
        return make_deb(tmp_path, "busybox-static", {"bin/busybox": data})

    needs_apt()
    monkeypatch.setattr(Apt, "version", version)
    monkeypatch.setattr(Apt, "download", download)
    images = Images(lambda _: None, tmp_path / "cache")
    images._mirror = MIRROR
    found = images.busybox("arm32")
    assert found.label == f"busybox-static {2 if fits else 1}"
    assert found.path.read_bytes() == f"armhf {2 if fits else 1}".encode()


def test_programs_run_with_their_own_libraries(tmp_path: Path) -> None:
    assert loaded(tmp_path, "usr/bin/a") is None
    for name in ("usr/bin/a", "lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    command = loaded(tmp_path, "usr/bin/a")
    assert command is not None
    assert command[0].endswith("lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    assert command[-1] == str(tmp_path / "usr/bin/a")
    folders = command[2].split(":")
    assert str(tmp_path / "lib/x86_64-linux-gnu") in folders
    assert str(tmp_path / "usr/lib/x86_64-linux-gnu") in folders
    assert loaded(tmp_path, "usr/bin/b") is None


def zboot(how: bytes, data: bytes) -> bytes:
    head = b"MZ\0\0zimg" + struct.pack("<II", 64, len(data)) + bytes(8) + how
    return head.ljust(64, b"\0") + data


def test_images_are_unpacked_once(tmp_path: Path) -> None:
    kernel = tmp_path / "vmlinuz"
    kernel.write_bytes(zboot(b"xzkern", lzma.compress(b"kernel" * 100)))
    plain = plain_image(kernel, tmp_path / "cache")
    assert plain.read_bytes() == b"kernel" * 100
    plain.write_bytes(b"kept")
    assert plain_image(kernel, tmp_path / "cache").read_bytes() == b"kept"
    other = tmp_path / "Image"
    other.write_bytes(b"MZ" + bytes(70))
    assert plain_image(other, tmp_path / "cache") == other


def test_zstd_kernels(tmp_path: Path) -> None:
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not here")
    packed = subprocess.run(["zstd", "-c"], input=b"k" * 999, capture_output=True, check=True)
    assert unpack_image(zboot(b"zstd22", packed.stdout)) == b"k" * 999


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x1f\x8b" + b"junk" * 9, "cannot be unpacked"),
        (zboot(b"xz", b"junk"), "cannot be unpacked"),
        (zboot(b"gzip", b""), "cannot be unpacked"),
        (zboot(b"mystery", b"x"), "compressed with 'mystery'"),
    ],
)
def test_damaged_images(data: bytes, why: str) -> None:
    with pytest.raises(RecordError, match=why):
        unpack_image(data)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    found = Images(lambda _: None, tmp_path)
    with pytest.raises(RecordError, match="--kernel: there is no file"):
        found.kernel(str(tmp_path / "none"), "arm64")
    with pytest.raises(RecordError, match="--xen: there is no file"):
        found.xen(str(tmp_path / "none"), "arm64")


# -- QEMU -----------------------------------------------------------------------------------------


def fake_qemu(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_a_system_qemu_that_is_new_enough_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fake_qemu(tmp_path, "qemu-system-aarch64", "QEMU emulator version 10.2.1 (Debian)")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    found = Images(lambda _: None, tmp_path / "cache").qemu("arm64")
    assert found.command == (str(path),)
    assert found.version == (10, 2, 1)


def test_an_older_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_apt()
    fake_qemu(tmp_path, "qemu-system-aarch64", "QEMU emulator version 7.2.0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    nowhere = f"copy:{tmp_path}/none"
    with pytest.raises(RecordError, match="name a QEMU with --qemu"):
        Images(lambda _: None, tmp_path / "cache", nowhere).qemu("arm64")


def test_one_that_is_given_is_used_whatever_its_age(tmp_path: Path) -> None:
    path = fake_qemu(tmp_path, "q", "QEMU emulator version 7.2.0")
    assert Images(lambda _: None, tmp_path).qemu("arm64", str(path)).version == (7, 2, 0)
    with pytest.raises(RecordError, match="does not say what version"):
        Images(lambda _: None, tmp_path).qemu("arm64", "/bin/true")


def test_versions_of_packages() -> None:
    assert images._numbers("1:11.1.3+ds-1~bpo13+1") == (11, 1, 3)
    assert images._numbers("") == ()
    kept = Path("qemu-system-arm_1-11.1.3+ds-1_amd64")
    assert images._by_version(kept) == (11, 1, 3)
