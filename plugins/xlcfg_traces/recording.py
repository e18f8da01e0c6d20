"""What the readers share: opening files, and the lines of a boot trace they write.

A recording knows less than a boot trace holds.  What it lacks is said in members that replaying
ignores and `xlcfg.traces.incomplete` reads: the header's `lacks`, a list of "areas" (addresses
passed to the registration hypercalls), "stage-1" (page tables), "guest" (its kind) and "switches";
notes with `op` and `target` (a registration with an unknown address), `lost` (records missing),
`failed_walk` (an address that Xen could not translate) or `finding` (what Xen said itself).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import IO, Any, TypeVar, cast

from xlcfg.emulator import TraceError
from xlcfg.emulator.terms import OP_NUMBERS
from xlcfg.source.opening import open_plain

#: Number of a sub-operation of HYPERVISOR_vcpu_op -> its name, for the registrations.
OP_NAMES = {number: name for name, number in OP_NUMBERS.items()}
VCPUOP_UP, VCPUOP_DOWN = 1, 2
MAX_VCPUS = 4096
#: No line of a log is longer; what is, is cut, so that memory has a bound.
MAX_LINE = 1 << 16

T = TypeVar("T")
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class RecordingError(TraceError):
    """A recording that cannot be replayed as it is; `help` says what to do."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(0, message)
        self.help = help


def unpacked_head(path: str, head: bytes) -> bytes:
    """The first bytes of what is compressed in `head`; the file says what follows it."""
    if head.startswith(_GZIP):
        try:
            return zlib.decompressobj(31).decompress(head, 1 << 16)
        except zlib.error:
            return b""
    with open_recording(path) as file:
        try:
            return file.read(1 << 16)
        except (OSError, EOFError, ValueError):
            return b""


def open_recording(path: str) -> IO[bytes]:
    """The file's bytes, unpacked from gzip or zstd."""
    file = open_plain(path)
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(_GZIP):
        import gzip

        unpacked = gzip.GzipFile(fileobj=file)
        unpacked.myfileobj = cast("Any", file)  # it is closed together with it
        return cast("IO[bytes]", unpacked)
    if magic == _ZSTD:
        file.close()
        return _open_zstd(path)
    return file


def _open_zstd(path: str) -> IO[bytes]:
    from importlib import import_module

    for name in ("compression.zstd", "zstandard"):
        try:
            module: Any = import_module(name)
        except ImportError:
            continue
        opened: IO[bytes] = module.open(path, "rb")
        return opened
    raise RecordingError(
        "compressed with zstd, which this Python cannot read",
        "unpack it with zstd -d, or install the Python package zstandard",
    )


def guarded(items: Iterator[T]) -> Iterator[T]:
    """`items` of a file, with what a decompressor can raise turned into a RecordingError."""
    try:
        yield from items
    except EOFError:
        raise RecordingError("truncated: the compressed data end in the middle") from None
    except (zlib.error, ValueError) as error:
        if isinstance(error, TraceError):
            raise
        raise RecordingError(f"broken compressed data ({error})") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise RecordingError(f"broken compressed data ({error})") from None


def text_lines(path: str) -> Iterator[tuple[int, str]]:
    """(number from 1, text) of each line of a log; over-long lines are cut."""

    def lines() -> Iterator[bytes]:
        with open_recording(path) as file:
            while line := file.readline(MAX_LINE):
                while not line.endswith(b"\n") and (rest := file.readline(MAX_LINE)):
                    if rest.endswith(b"\n"):
                        break
                yield line

    for number, line in enumerate(guarded(lines()), 1):
        yield number, line.decode("utf-8", "replace").rstrip("\r\n")


def header_line(
    arch: str, guest: str, vcpus: int, hypervisor: str, lacks: list[str], **more: Any
) -> str:
    """The header of a boot trace made from a recording."""
    header = {
        "trace": "xlcfg-boot-trace",
        "version": 1,
        "arch": arch,
        "guest": guest,
        "vcpus": vcpus,
        "policy": None,
        "phys_area": False,
        "hypervisor": hypervisor,
        "ram": [],
        "lacks": lacks,
    }
    return json.dumps(header | more) + "\n"


def note(text: str, t: int | None = None, **more: Any) -> str:
    """A note, with what `xlcfg.traces.incomplete` is to know of it."""
    event: dict[str, Any] = {"ev": "note"}
    if t is not None:
        event["t"] = t
    return json.dumps(event | {"text": text} | more) + "\n"


def registration_note(t: int | None, caller: int, target: int, op: str, **more: Any) -> str:
    """A registration whose address the recording does not tell."""
    return note(
        f"vCPU {caller} calls {op} for vCPU {target}; the address is not in this recording",
        t,
        vcpu=caller,
        op=op,
        target=target,
        **more,
    )
