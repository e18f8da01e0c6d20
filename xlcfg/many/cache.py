"""Remembers what checks of many files found, by the bytes of the files.

One file per set of settings in `$XDG_CACHE_HOME/xlcfg`: a table of fixed-size rows sorted by the
digest of the input, and the packed reports behind it. A look-up costs a binary search and reads
one report, however much is remembered. The settings include the code itself (every file of the
package, by size and time), the Python that runs it, the release, the architecture and the boot
line; with plugins there is no cache, for nobody knows what their answers depend on.

Nothing here can fail a run: what cannot be read or written is not remembered. A file is replaced
as a whole, so runs at the same time see the old one or the new one; of two that write, one wins,
and the other's reports are found anew. Each report has a checksum, each file its length.
"""

from __future__ import annotations

import json
import os
import struct
from zlib import crc32

from xlcfg.many.packed import policies_well_formed, unpack, well_formed

try:
    # hashlib loads OpenSSL, which takes as long as looking up 500 files
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report
    from xlcfg.core.source import Source

_MAGIC = b"xlcfg cache 2\n\0\0"
#: magic, number of rows, length of the file
_HEAD = struct.Struct("<16sQQ")
#: digest, where the report starts, its length and checksum
_ROW = struct.Struct("<16sQII")
_DIGEST = 16
_DECODER = json.JSONDecoder()
#: One file remembers no more than this; beyond, only what the last run saw is kept.
SIZE_LIMIT = 256 * 1024 * 1024
#: Files of settings that nobody has used for so long are removed.
_KEPT_SECONDS = 30 * 24 * 3600


def directory() -> str | None:
    """Where caches live by default; None when there is no home to put them in."""
    base = os.environ.get("XDG_CACHE_HOME")
    if not base or not os.path.isabs(base):
        home = os.path.expanduser("~")
        if not os.path.isabs(home) or home == "/nonexistent":
            return None
        base = os.path.join(home, ".cache")
    return os.path.join(base, "xlcfg")


def open_cache(linter: Linter, folder: str | None = None) -> Cache | None:
    """The cache for a run, in `folder` if one is named; None where there can be none."""
    if linter.hooks.manager is not None or linter.hooks.plugins:
        return None  # plugins may come later, for a file of theirs
    settings = linter.target.key()
    folder = folder or directory()
    if settings is None or folder is None:
        return None
    key = blake2b(repr((_code(), settings)).encode("utf-8", "surrogatepass"), digest_size=_DIGEST)
    return Cache(folder, key.hexdigest())


def _code() -> tuple[Any, ...]:
    """What tells one xlcfg from another: its version, its files, its Python."""
    import sys
    from importlib import import_module

    from xlcfg import __version__
    from xlcfg.hooks import BUILTINS

    files = []
    for package in sorted({"xlcfg", *(name.partition(".")[0] for name in BUILTINS)}):
        folders = [os.path.dirname(os.path.abspath(import_module(package).__file__ or ""))]
        for folder in folders:
            for entry in os.scandir(folder):
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                elif entry.name.endswith((".py", ".json")):
                    status = entry.stat()
                    files.append((entry.path, status.st_size, status.st_mtime_ns))
    return __version__, sys.version, sorted(files)


class Cache:
    """What is remembered for one set of settings; look up with `get`, add with `put`, `close`."""

    def __init__(self, folder: str, name: str) -> None:
        self.folder = folder
        self.path = os.path.join(folder, name)
        self._data: Any = b""
        self._rows = 0
        self._new: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._begun: dict[tuple[str, bytes], Any] = {}
        self._policies: dict[str, Any] = {}
        self._load()

    def _load(self) -> None:
        import mmap

        try:
            with open(self.path, "rb") as file:
                status = os.fstat(file.fileno())
                if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
                    return  # somebody else's word on our files: root under a user's HOME
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return
        if len(data) < _HEAD.size:
            return
        magic, rows, length = _HEAD.unpack_from(data)
        if magic == _MAGIC and length == len(data) >= _HEAD.size + rows * _ROW.size:
            self._data, self._rows = data, rows

    def digest(self, source: Source, salt: bytes = b"") -> bytes:
        """The digest of an input: its bytes, what its name ends in, settings for it alone."""
        dot = source.path.rfind(".")
        ending = source.path[dot:] if dot > source.path.rfind("/") else ""
        begun = self._begun.get((ending, salt))
        if begun is None:
            head = ending.encode("utf-8", "surrogatepass") + b"\0"
            head += len(salt).to_bytes(4, "little") + salt
            begun = self._begun[ending, salt] = blake2b(head, digest_size=_DIGEST)
        key = begun.copy()
        key.update(source.data)
        digest: bytes = key.digest()
        return digest

    def _find(self, digest: bytes) -> bytes | None:
        data, low, high = self._data, 0, self._rows
        while low < high:
            middle = (low + high) // 2
            at = _HEAD.size + middle * _ROW.size
            if data[at : at + _DIGEST] < digest:
                low = middle + 1
            else:
                high = middle
        if low >= self._rows:
            return None
        found, start, length, checksum = _ROW.unpack_from(data, _HEAD.size + low * _ROW.size)
        if found != digest:
            return None
        text: bytes = data[start : start + length]
        return text if len(text) == length and crc32(text) == checksum else None

    def get(self, digest: bytes, source: Source) -> list[Report] | None:
        """The reports on these bytes, if they are remembered."""
        text = self._find(digest)
        if text is None:
            return None
        try:
            # raw_decode: as json.loads, without looking for blanks that are not there
            said, _, rest = text.decode("ascii").partition("\n")
            policies = self._policies.get(said)
            if policies is None:
                policies = _DECODER.raw_decode(said)[0]
                if not policies_well_formed(policies):
                    return None
                self._policies[said] = policies
            packed = [
                [findings, policy, *more]
                for policy, (findings, *more) in zip(
                    policies, _DECODER.raw_decode(rest)[0], strict=True
                )
            ]
            if not well_formed(packed, len(source.data)):
                return None
            reports = [unpack(one, source) for one in packed]
        except (ValueError, TypeError, RecursionError):
            return None
        self._used.add(digest)
        return reports

    def put(self, digest: bytes, packed: list[Any]) -> None:
        """Remember packed reports: a line of policies, which many inputs share, and the rest."""
        parts = [policy for _, policy, *_ in packed], [[f, *more] for f, _, *more in packed]
        lines = (json.dumps(part, separators=(",", ":")) for part in parts)
        self._new[digest] = "\n".join(lines).encode()

    def close(self) -> None:
        """Write what is new, as well as can be."""
        try:
            if self._new:
                self._write()
        except (OSError, ValueError, MemoryError):
            pass

    def _write(self) -> None:
        import tempfile

        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        known = self._data
        self._data, self._rows = b"", 0
        self._load()  # what another run has written meanwhile
        kept = self._new
        size = sum(map(len, kept.values()))
        if size > SIZE_LIMIT:
            return
        for wanted_only in (False, True):
            entries = dict(kept)
            total = size
            for number in range(self._rows):
                at = _HEAD.size + number * _ROW.size
                digest = bytes(self._data[at : at + _DIGEST])
                if digest not in entries and (not wanted_only or digest in self._used):
                    text = self._find(digest)
                    if text is not None:
                        entries[digest] = text
                        total += len(text)
            if total <= SIZE_LIMIT:
                break
        else:
            entries = kept
        del known
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                start = _HEAD.size + len(entries) * _ROW.size
                length = start + sum(map(len, entries.values()))
                file.write(_HEAD.pack(_MAGIC, len(entries), length))
                order = sorted(entries)
                for digest in order:
                    text = entries[digest]
                    file.write(_ROW.pack(digest, start, len(text), crc32(text)))
                    start += len(text)
                file.writelines(entries[digest] for digest in order)
            os.replace(name, self.path)
        except BaseException:
            os.unlink(name)
            raise
        self._sweep()

    def _sweep(self) -> None:
        """Remove what other versions and settings have left behind and nobody uses."""
        import time

        old = time.time() - _KEPT_SECONDS
        for entry in os.scandir(self.folder):
            ours = entry.name.startswith(".new-") or (
                len(entry.name) == 2 * _DIGEST and not set(entry.name) - set("0123456789abcdef")
            )
            if ours and entry.is_file() and entry.stat().st_mtime < old:
                os.unlink(entry.path)
