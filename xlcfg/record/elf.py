"""What an ELF file of 64 bits needs: its loader and its libraries."""

from __future__ import annotations

import struct

from xlcfg.record.errors import RecordError

_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_NEEDED, _STRINGS = 1, 5
#: More entries than any program has.
_MOST = 4096


def needs(data: bytes) -> tuple[str, list[str]]:
    """(the loader's path, the names of libraries) of a program or library. RecordError."""
    try:
        return _needs(data)
    except (struct.error, ValueError, IndexError, OverflowError) as error:
        raise RecordError(f"a program of the packages is damaged: {error}") from None


def is_elf(data: bytes) -> bool:
    """Whether this is a file for 64-bit little-endian machines."""
    return data[:6] == b"\x7fELF\x02\x01"


def _needs(data: bytes) -> tuple[str, list[str]]:
    if not is_elf(data):
        raise ValueError("it is no ELF file of 64 bits")
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    loader, loads, dynamic = "", [], (0, 0)
    for number in range(count):
        kind, _, offset, va, _, length = struct.unpack_from("<IIQQQQ", data, table + number * size)
        if kind == _LOAD:
            loads.append((va, offset, length))
        elif kind == _DYNAMIC:
            dynamic = offset, length
        elif kind == _INTERPRETER:
            loader = _string(data, offset)
    names, strings = [], 0
    start, length = dynamic
    for at in range(start, start + min(length, 16 * _MOST), 16):
        tag, value = struct.unpack_from("<QQ", data, at)
        if tag == 0:
            break
        if tag == _NEEDED:
            names.append(value)
        elif tag == _STRINGS:
            strings = _offset(loads, value)
    return loader, [_string(data, strings + name) for name in names]


def _offset(loads: list[tuple[int, int, int]], va: int) -> int:
    for start, offset, length in loads:
        if start <= va < start + length:
            return offset + va - start
    raise ValueError("its strings are nowhere")


def _string(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode("ascii")
