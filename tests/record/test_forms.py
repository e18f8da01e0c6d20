"""Which kernels boot where, and what is inside of them."""

from __future__ import annotations

import gzip
import lzma
import struct
from pathlib import Path

import pytest

from record_help import bzimage, elf, made_kernel
from xlcfg.record.errors import RecordError
from xlcfg.record.forms import check_kernel, kernel_for, kernel_inside


def efi(sections: int = 2) -> bytes:
    """An Image for arm64 with the header of an EFI program."""
    head = bytearray(made_kernel("arm64")[:512])
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x40)
    head[0x40:0x44] = b"PE\0\0"
    struct.pack_into("<H", head, 0x46, sections)
    struct.pack_into("<H", head, 0x54, 32)
    for number in range(sections):
        struct.pack_into("<II", head, 0x40 + 24 + 32 + 40 * number + 16, 256, 512 + 256 * number)
    return bytes(head) + bytes(256 * sections)


KERNELS = {
    "bzImage": (bzimage(b"x" * 99), "x86_64"),
    "bzImage of 32 bits": (bzimage(b"y" * 99, "x86_32"), "x86_32"),
    "zImage": (made_kernel("arm32"), "arm32"),
    "Image": (efi(), "arm64"),
    "vmlinux": (elf(62, True), "x86_64"),
    "vmlinux of 32 bits": (elf(3, False), "x86_32"),
}


@pytest.mark.parametrize("kind", KERNELS)
def test_kernels(kind: str) -> None:
    data, arch = KERNELS[kind]
    check_kernel(data, arch, "k")
    for other in {"x86_64", "x86_32", "arm64", "arm32"} - {arch}:
        with pytest.raises(RecordError, match=f"k is for {arch}, not for {other}"):
            check_kernel(data, other, "k")
    with pytest.raises(RecordError, match="k ends early"):
        check_kernel(data[:-1], arch, "k")


@pytest.mark.parametrize("size", range(0, 1200, 13))
def test_cut_kernels(size: int) -> None:
    for data, arch in KERNELS.values():
        if size < len(data):
            with pytest.raises(RecordError, match=r"ends early|is no kernel|is for x86_32"):
                check_kernel(data[:size], arch, "k")


@pytest.mark.parametrize(
    "data", [b"", b"#!/bin/sh\necho hello\n" * 100, b"\x7fELF", elf(243, True)]
)
def test_files_that_are_no_kernel(data: bytes) -> None:
    assert kernel_for(data) is None
    for arch, kinds in (("x86_64", "a bzImage or an ELF file"), ("arm64", "an Image or a zImage")):
        with pytest.raises(RecordError, match=f"is no kernel that Xen boots; it takes {kinds}"):
            check_kernel(data, arch, "k")


# a kernel's build appends the unpacked size to all but gzip's
PACKED = {
    "xz": lzma.compress(elf(62, True)) + b"size",
    "lzma": lzma.compress(elf(62, True), lzma.FORMAT_ALONE) + b"size",
    "gzip": gzip.compress(elf(62, True)),
}


@pytest.mark.parametrize("how", PACKED)
def test_what_a_bzimage_holds(tmp_path: Path, how: str) -> None:
    image = tmp_path / "vmlinuz"
    image.write_bytes(bzimage(PACKED[how]))
    found = kernel_inside(image, tmp_path / "cache")
    assert found.read_bytes() == elf(62, True)
    found.write_bytes(b"kept")
    assert kernel_inside(image, tmp_path / "cache").read_bytes() == b"kept"
    assert len(list((tmp_path / "cache" / "images").iterdir())) == 1


@pytest.mark.parametrize(
    "data",
    [
        bzimage(PACKED["xz"][:-40]),
        bzimage(lzma.compress(b"no kernel") + b"size"),
        bzimage(b"unknown"),
        made_kernel()[:0x240],
        elf(62, True),
        b"",
    ],
)
def test_what_cannot_be_unpacked_is_left_to_xen(tmp_path: Path, data: bytes) -> None:
    image = tmp_path / "vmlinuz"
    image.write_bytes(data)
    assert kernel_inside(image, tmp_path / "cache") == image
    assert not list(tmp_path.glob("cache/images/*"))
