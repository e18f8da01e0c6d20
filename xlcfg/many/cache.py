"""Remembers what checks of many files found, by the bytes of the files.

One SQLite database in `$XDG_CACHE_HOME/xlcfg`. A row's key is a digest of everything that findings
depend on: the bytes of the input, what its name ends in, the settings that hold for it, and the
code itself (every file of the package, by size and time) with the Python that runs it. With plugins
there is no cache, for nobody knows what their answers depend on.

Nothing here can fail a run: what cannot be read or written is not remembered. Runs at the same time
share the database and lose nothing of each other. A row has a checksum of its key and its text, so
that whatever happens to the file, a row counts only for the input it was written for. What is
damaged is found anew. Who else may write to the database is not believed, so that a text with a
right checksum is one of ours, and `marshal` may read it: it takes a third of json's time, and json
takes as long to import as to look up 40 files.
"""

from __future__ import annotations

import marshal
import os
import time

from xlcfg.many.serialize import shared, unpack

try:
    # hashlib loads OpenSSL, and sqlite3 datetime: each takes longer than looking up 100 files
    from _blake2 import blake2b
    from _sqlite3 import DatabaseError, OperationalError, connect
except ImportError:
    from hashlib import blake2b
    from sqlite3 import DatabaseError, OperationalError, connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlite3 import Connection
    from typing import Any

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target

NAME = "reports.sqlite3"
#: In the header of the database: it is ours. The letters are "xlcf".
_APPLICATION = 0x786C6366
#: `key` is the first half of a digest, `used` the day (since 1970) when a run last asked for it
_SCHEMA = (
    "CREATE TABLE reports "
    "(key INTEGER PRIMARY KEY, used INTEGER NOT NULL, checksum BLOB NOT NULL, text BLOB NOT NULL)"
)
_DIGEST = 16
#: The length of the first part of a text takes so many bytes.
_LENGTH = 4
#: The database has no more bytes than this; what nobody has asked for longest makes room.
SIZE_LIMIT = 256 * 1024 * 1024
_PAGE = 4096
#: Seconds to wait for another run that writes: to look something up, and to write.
_WAIT_TO_READ, _WAIT_TO_WRITE = 1.0, 10.0
#: Files that older versions of xlcfg have left are removed after so long.
_KEPT_SECONDS = 30 * 24 * 3600


def directory() -> str | None:
    """Where the cache is by default; None when there is no home to put it in."""
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
    folder = folder or directory()
    if folder is None or settings_key(linter.target) is None:
        return None
    return Cache(folder)


def settings_key(target: Target) -> bytes | None:
    """Everything that findings depend on besides the input and the code; None: unknown."""
    settings = target.key()
    return None if settings is None else repr(settings).encode("utf-8", "surrogatepass")


def _code() -> tuple[Any, ...]:
    """What tells one xlcfg from another: its version, its files, its Python."""
    import sys

    from xlcfg.core import load_module
    from xlcfg.core.version import VERSION
    from xlcfg.hooks import BUILTINS

    files = []
    for package in sorted({"xlcfg", *(name.partition(".")[0] for name in BUILTINS)}):
        module = load_module(package)
        archive = getattr(module.__spec__ and module.__spec__.loader, "archive", None)
        if archive is not None:  # a zipapp: one file for all of them
            status = os.stat(archive)
            files.append((archive, status.st_size, status.st_mtime_ns))
            continue
        folders = [os.path.dirname(os.path.abspath(module.__file__ or ""))]
        for folder in folders:
            for entry in os.scandir(folder):
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                elif entry.name.endswith((".py", ".json")):
                    status = entry.stat()
                    files.append((entry.path, status.st_size, status.st_mtime_ns))
    return VERSION, sys.version, sorted(files)


class Cache:
    """What is remembered in a folder; look up with `key` and `find`, add with `put`, `close`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.path = os.path.join(folder, NAME)
        self._code = repr(_code()).encode("utf-8", "surrogatepass")
        self._today = int(time.time()) // 86400
        #: of files with this ending and these settings, the digest up to their bytes
        self._begun: dict[tuple[str, int], Any] = {}
        self._settings: dict[int, tuple[Target, bytes | None]] = {}
        self._policies: dict[bytes, Any] = {}
        self._new: dict[bytes, bytes] = {}
        self._asked_again: list[int] = []
        self._damaged = False
        self._database = self._open()

    def _open(self) -> Connection | None:
        """The database; None where there is none that can be trusted."""
        for path in (self.path + "-journal", self.path):
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                continue
            except OSError:
                return None
            if status.st_mode & 0o170022 != 0o100000:
                return None  # no file, or one that others may write to
            if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
                return None  # somebody else's word on our files: root under a user's HOME
        if not os.path.exists(self.path):
            return None
        try:
            database = connect(self.path, timeout=_WAIT_TO_READ, isolation_level=None)
        except (DatabaseError, ValueError):
            return None
        try:
            ((application,),) = database.execute("PRAGMA application_id")
            schema = database.execute("SELECT sql FROM sqlite_master").fetchall()
        except OperationalError:
            pass  # locked for too long, or the file cannot be read
        except DatabaseError:
            self._damaged = True
        else:
            if (application, schema) in ((_APPLICATION, [(_SCHEMA,)]), (0, [])):
                return database
            self._damaged = application == _APPLICATION  # of another version; else not ours at all
        database.close()
        return None

    def key(self, source: Source, about: Target) -> bytes:
        """What an input is remembered by: its bytes, kind and ending, and what the check is about.

        b"" where nobody can say what findings depend on.
        """
        dot = source.path.rfind(".")
        ending = source.path[dot:] if dot > source.path.rfind("/") else ""
        begun = self._begun.get((ending, id(about)))
        if begun is None:
            settings = settings_key(about)
            if settings is None:
                return b""
            self._settings[id(about)] = about, settings  # kept, so that no other has its id
            begun = blake2b(digest_size=_DIGEST)
            for part in (self._code, settings, ending.encode("utf-8", "surrogatepass")):
                begun.update(len(part).to_bytes(8, "little") + part)
            self._begun[ending, id(about)] = begun
        key = begun.copy()
        key.update(source.kind.encode() + b"\0")
        key.update(source.data)
        digest: bytes = key.digest()
        return digest

    def find(self, asked: list[tuple[bytes, Source]]) -> list[list[Report] | None]:
        """For each key and source the reports on it, None where they are not remembered."""
        rows: dict[int, tuple[int, bytes, bytes]] = {}
        if self._database is not None and asked:
            try:
                for row, used, checksum, text in self._database.execute(
                    "SELECT key, used, checksum, text FROM reports "
                    f"WHERE key IN ({','.join('?' * len(asked))})",
                    [_row(key) for key, _ in asked],
                ):
                    rows[row] = used, checksum, text
            except DatabaseError as error:
                # locked by a run that hangs, or damaged: either way it is of no more use
                self._damaged = not isinstance(error, OperationalError)
                self._database.close()
                self._database = None
        return [self._reports(key, source, rows.get(_row(key))) for key, source in asked]

    def _reports(
        self, key: bytes, source: Source, row: tuple[int, bytes, bytes] | None
    ) -> list[Report] | None:
        if row is None or type(row[2]) is not bytes or row[1] != _checksum(key, row[2]):
            return None
        if row[0] != self._today:
            self._asked_again.append(_row(key))
        text = row[2]
        end = _LENGTH + int.from_bytes(text[:_LENGTH], "little")
        first = text[_LENGTH:end]
        policies = self._policies.get(first)
        if policies is None:
            policies = self._policies[first] = [shared(one) for one in marshal.loads(first)]
        return [
            unpack((findings, policy, *more), source)
            for policy, (findings, *more) in zip(policies, marshal.loads(text[end:]), strict=True)
        ]

    def put(self, key: bytes, packed: list[Any]) -> None:
        """Remember packed reports: first their policies, which many inputs share."""
        # version 2 writes the same bytes for the same values
        policies = marshal.dumps([tuple(policy or ()) for _, policy, *_ in packed], 2)
        rest = marshal.dumps([[findings, *more] for findings, _, *more in packed])
        self._new[key] = len(policies).to_bytes(_LENGTH, "little") + policies + rest

    def close(self) -> None:
        """Write what is new, as well as can be."""
        try:
            if self._new or self._asked_again:
                self._write()
        except (OSError, DatabaseError, MemoryError):
            pass
        finally:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _write(self) -> None:
        if self._damaged:
            for path in (self.path, self.path + "-journal"):
                if os.path.lexists(path):
                    os.unlink(path)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        if not os.path.lexists(self.path):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        database = self._database = self._database or self._open()
        if database is None:
            return
        database.execute(f"PRAGMA busy_timeout = {_WAIT_TO_WRITE * 1000:.0f}")
        # A machine that loses its power may lose what is remembered: checksums tell.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA max_page_count = {SIZE_LIMIT // _PAGE}")
        database.execute("BEGIN IMMEDIATE")
        try:
            if not database.execute("SELECT 1 FROM sqlite_master").fetchall():
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._make_room(database)
            database.executemany(
                "UPDATE reports SET used = ? WHERE key = ?",
                [(self._today, row) for row in self._asked_again],
            )
            database.executemany(
                "REPLACE INTO reports VALUES (?, ?, ?, ?)",
                sorted((_row(k), self._today, _checksum(k, t), t) for k, t in self._new.items()),
            )
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        self._sweep()

    def _make_room(self, database: Connection) -> None:
        """Forget what nobody has asked for longest, until what is new fits."""
        # pages that rows are put into later are half empty
        new = 2 * sum(len(text) + 100 for text in self._new.values())
        while True:
            ((pages,),) = database.execute("PRAGMA page_count")
            ((free,),) = database.execute("PRAGMA freelist_count")
            ((rows,),) = database.execute("SELECT count(*) FROM reports")
            if not rows or (pages - free) * _PAGE + new <= SIZE_LIMIT:
                return
            database.execute(
                "DELETE FROM reports WHERE key IN (SELECT key FROM reports ORDER BY used LIMIT ?)",
                (rows // 4 + 1,),
            )

    def _sweep(self) -> None:
        """Remove what older versions, which had a file for each set of settings, have left."""
        old = time.time() - _KEPT_SECONDS
        for entry in os.scandir(self.folder):
            ours = entry.name.startswith(".new-") or (
                len(entry.name) == 32 and not set(entry.name) - set("0123456789abcdef")
            )
            if ours and entry.is_file() and entry.stat().st_mtime < old:
                os.unlink(entry.path)


def _row(key: bytes) -> int:
    return int.from_bytes(key[:8], "little", signed=True)


def _checksum(key: bytes, text: bytes) -> bytes:
    checksum: bytes = blake2b(key + text, digest_size=_DIGEST).digest()
    return checksum
