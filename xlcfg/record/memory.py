"""The machine's memory, read through the file that QEMU keeps it in."""

from __future__ import annotations

import mmap
import os
import struct
from typing import Protocol

from xlcfg.record.errors import RecordError


class Memory(Protocol):
    """Physical memory. Addresses that are none give None."""

    def read(self, address: int, size: int) -> bytes | None:
        """`size` bytes."""

    def word(self, address: int) -> int | None:
        """A little-endian number of 64 bits."""

    def write_word(self, address: int, value: int) -> bool:
        """Write a number of 64 bits; whether there is memory."""


class SharedRam:
    """RAM from `base`, in a file that QEMU shares (`memory-backend-file,share=on`)."""

    def __init__(self, path: str, base: int, size: int) -> None:
        try:
            with open(path, "r+b") as file:
                if os.fstat(file.fileno()).st_size < size:
                    raise RecordError("the file behind the machine's memory is too small")
                self._map = mmap.mmap(file.fileno(), size)
        except (OSError, ValueError) as error:
            raise RecordError(f"the machine's memory cannot be read: {error}") from None
        self.base = base
        self.size = size

    def close(self) -> None:
        """Unmap it."""
        self._map.close()

    def read(self, address: int, size: int) -> bytes | None:
        """`size` bytes, None when they are not all RAM."""
        at = address - self.base
        if at < 0 or size < 0 or at + size > self.size:
            return None
        return self._map[at : at + size]

    def word(self, address: int) -> int | None:
        """A number of 64 bits, None when it is not RAM."""
        at = address - self.base
        if at < 0 or at + 8 > self.size:
            return None
        value: int = struct.unpack_from("<Q", self._map, at)[0]
        return value

    def write_word(self, address: int, value: int) -> bool:
        """Write a number of 64 bits; False when it is not RAM."""
        at = address - self.base
        if at < 0 or at + 8 > self.size:
            return False
        struct.pack_into("<Q", self._map, at, value & ((1 << 64) - 1))
        return True
