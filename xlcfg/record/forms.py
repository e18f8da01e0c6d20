"""Forms in which kernels and hypervisors come: what they are for, and what is inside of them."""

from __future__ import annotations

import lzma
import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xlcfg.record.errors import MissingProgramError, RecordError

#: No image that boots is larger; bounds what a hostile one unpacks to.
_MOST = 256 << 20
_ELF = b"\x7fELF"
#: e_machine and the class of an ELF file -> which guests it is for
_ELF_FOR = {(62, 2): "x86_64", (3, 1): "x86_32", (183, 2): "arm64", (40, 1): "arm32"}
_LOAD = 1
#: What a compressed kernel begins with, inside of a bzImage -> the name of the compression.
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"\x5d\0\0": "lzma",
    b"(\xb5/\xfd": "zstd",
    b"\x02!L\x18": "lz4",
}


def plain_image(path: Path, cache: Path) -> Path:
    """The kernel or hypervisor as it is loaded: a compressed one is unpacked into the cache.

    QEMU loads no compressed Xen, and Xen on Arm no self-extracting EFI images ("zboot").
    """
    with _reading(path), path.open("rb") as file:
        head = file.read(64)
    if head[:2] == b"\x1f\x8b" or (head[:2] == b"MZ" and head[4:8] == b"zimg"):
        return _kept(path, cache, "plain", unpack_image)
    return path


def kernel_inside(path: Path, cache: Path) -> Path:
    """The kernel that a bzImage holds, unpacked into the cache; the image itself when it is none,
    or this machine lacks what unpacks it.

    Xen, or its toolstack, unpacks it all the same, but takes billions of emulated instructions.
    """
    with _reading(path), path.open("rb") as file:
        if file.read(0x210)[0x202:0x206] != b"HdrS":
            return path
    try:
        return _kept(path, cache, "elf", _unpack_bzimage)
    except RecordError:
        return path


def _kept(path: Path, cache: Path, form: str, action: Callable[[bytes], bytes]) -> Path:
    stat = path.stat()
    to = cache / "images" / f"{path.name}.{stat.st_size}.{stat.st_mtime_ns}.{form}"
    if not to.exists():
        data = action(read_image(path))
        to.parent.mkdir(parents=True, exist_ok=True)
        half = to.with_name(f"{to.name}.{os.getpid()}.partial")
        try:
            half.write_bytes(data)
            os.replace(half, to)
        finally:
            half.unlink(missing_ok=True)
    return to


def _unpack_bzimage(data: bytes) -> bytes:
    try:
        start, size = struct.unpack_from("<II", data, 0x248)
    except struct.error:
        raise RecordError("the image ends early") from None
    start += ((data[0x1F1] or 4) + 1) << 9
    packed = data[start : start + size]
    how = next((how for magic, how in _PACKED.items() if packed.startswith(magic)), "?")
    # but for gzip, whose files say it themselves, the unpacked size follows
    out = _unpack(how, packed if how == "gzip" else packed[:-4])
    if not out.startswith(_ELF):
        raise RecordError("the image holds no ELF file")
    return out


def unpack_image(data: bytes) -> bytes:
    """The image inside a gzip file or a self-extracting EFI image. Raises RecordError."""
    if data[:2] == b"MZ" and data[4:8] == b"zimg" and len(data) >= 64:
        start, size = struct.unpack_from("<II", data, 8)
        how = data[24:56].split(b"\0")[0].decode("ascii", "replace")
        return _unpack(how, data[start : start + size])
    return _unpack("gzip", data)


def _unpack(how: str, data: bytes) -> bytes:
    try:
        if how == "gzip":
            return _gunzip(data)
        if how in ("xz", "xzkern", "lzma"):
            return _unlzma(data)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise RecordError(f"the image cannot be unpacked: {error}") from None
    if how.startswith("zstd"):
        return _piped("zstd", data)
    if how == "lz4":
        return _piped("lz4", data)
    raise RecordError(f"the image is compressed with {how!r}, which is not known here")


def _unlzma(data: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor()
    out = unpacker.decompress(data, _MOST)
    if not unpacker.eof:
        raise EOFError("it ends early, or is too large")
    return out


def _gunzip(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(31)
    out = unpacker.decompress(data, _MOST)
    if not unpacker.eof:
        raise EOFError("it ends early, or is too large")
    return out


def _piped(program: str, data: bytes) -> bytes:
    if shutil.which(program) is None:
        raise MissingProgramError(program, program, "unpacks this image")
    done = subprocess.run([program, "-dc"], input=data, capture_output=True, check=False)
    if done.returncode or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RecordError(f"the image cannot be unpacked: {said}")
    return done.stdout


def read_image(path: Path) -> bytes:
    """The bytes of an image. Raises RecordError."""
    with _reading(path):
        return path.read_bytes()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordError(f"{path}: {(error.strerror or str(error)).lower()}") from None


# -- which kernels boot ---------------------------------------------------------------------------


def check_kernel(data: bytes, arch: str, name: str) -> None:
    """Raises RecordError when this is no kernel that Xen boots on an architecture, or not all of
    one.
    """
    found = kernel_for(data)
    if found is None:
        kinds = "a bzImage or an ELF file" if arch.startswith("x86") else "an Image or a zImage"
        raise RecordError(f"--kernel: {name} is no kernel that Xen boots; it takes {kinds}")
    if arch != found:
        raise RecordError(f"--kernel: {name} is for {found}, not for {arch}")
    if len(data) < _ends(data):
        raise RecordError(f"--kernel: {name} ends early, at {len(data):,} bytes")


def kernel_for(data: bytes) -> str | None:
    """Which architecture a kernel is for, None when it is none."""
    if data[0x202:0x206] == b"HdrS":
        # XLF_KERNEL_64, which protocol 2.12 has brought
        return "x86_64" if data[0x236:0x237] and data[0x236] & 1 else "x86_32"
    if data[0x38:0x3C] == b"ARM\x64":
        return "arm64"
    if data[0x24:0x28] == b"\x18\x28\x6f\x01":
        return "arm32"
    if data.startswith(_ELF) and len(data) >= 20:
        return _ELF_FOR.get((int.from_bytes(data[18:20], "little"), data[4]))
    return None


def _ends(data: bytes) -> int:
    """Where the last part of an image ends, as far as its headers tell."""
    try:
        if data.startswith(_ELF):
            return max(_elf_ends(data), default=0)
        if data[0x24:0x28] == b"\x18\x28\x6f\x01":
            start, end = struct.unpack_from("<II", data, 0x28)
            return int(end - start)
        if data[0x202:0x206] == b"HdrS":
            start, size = struct.unpack_from("<II", data, 0x248)
            return int((((data[0x1F1] or 4) + 1) << 9) + start + size)
        return max(_pe_ends(data), default=0)
    except struct.error:
        return len(data) + 1


def _elf_ends(data: bytes) -> Iterator[int]:
    wide = data[4] == 2
    (table,) = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
    size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
    for number in range(count):
        head = table + number * size
        if wide:
            kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, head)
        else:
            kind, offset, _, _, length = struct.unpack_from("<5I", data, head)
        if kind == _LOAD:
            yield offset + length


def _pe_ends(data: bytes) -> Iterator[int]:
    """Of the sections that an EFI loader would load."""
    (head,) = struct.unpack_from("<I", data, 0x3C)
    if data[:2] != b"MZ":
        return
    (signature,) = struct.unpack_from("<I", data, head)
    if signature != 0x4550:
        return
    (count,) = struct.unpack_from("<H", data, head + 6)
    (optional,) = struct.unpack_from("<H", data, head + 20)
    for number in range(count):
        at = head + 24 + optional + 40 * number
        size, start = struct.unpack_from("<II", data, at + 16)
        yield start + size
