"""Inputs on other machines: `https://`, `s3://`, `gs://` and whatever else fsspec reads.

Imported for a URL that was named, and for nothing else: no URL in a file is ever followed.
Files are fetched by a few threads at a time and come in their order. Each read is bounded by what
is taken (`SIZE_LIMIT`), not by what a server announces, and by time (`XLCFG_REMOTE_TIMEOUT`). A
thread that a server keeps waiting is left behind; it does not keep the process.

Nothing that is printed has a password or a signature of a URL in it.
"""

from __future__ import annotations

import re
from collections import deque
from importlib import import_module

from xlcfg.core.source import Source
from xlcfg.source.kinds import BOOT_KINDS, SNIFF_BYTES, has_lines, recognise, taken_for
from xlcfg.source.paths import (
    NEVER,
    SIZE_LIMIT,
    SKIPPED_FOLDERS,
    UNKNOWN,
    Unreadable,
    display,
    nothing_in,
    scheme,
    tell_nobody,
    too_large,
)
from xlcfg.source.threads import THREADS, Task, Threads, timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO, TypeVar

    from xlcfg.source.shard import Shard
    from xlcfg.source.web import WebFile

    T = TypeVar("T")

#: No trace is longer, as it is transferred.
TRACE_LIMIT = 16 * SIZE_LIMIT
#: Folders in folders, beyond which none are searched: a file system may have loops.
DEPTH = 64
_PIECE = 1 << 20

#: What to install for a scheme; fsspec itself says it less briefly.
_PACKAGES = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "http": "aiohttp",
    "https": "aiohttp",
    "abfs": "adlfs",
    "az": "adlfs",
    "sftp": "paramiko",
    "ssh": "paramiko",
    "smb": "smbprotocol",
    "github": "requests",
}


class RemoteError(OSError):
    """Why something on another machine cannot be read; `code` is that of its finding."""

    def __init__(self, message: str, code: str = "IO001") -> None:
        super().__init__(message)
        self.code = code


# ---- file systems ------------------------------------------------------------------------------


def _place(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it. Raises RemoteError.

    Not `fsspec.core.url_to_fs`: that takes `::` for a chain of file systems.
    """
    name = scheme(url)
    try:
        fsspec = import_module("fsspec")
    except ImportError:
        raise RemoteError("needs fsspec: pip install 'xlcfg[remote]'", "IO011") from None
    try:
        kind: Any = fsspec.get_filesystem_class(name)
    except ImportError:
        package = _PACKAGES.get(name)
        what = f"{package}: pip install {package}" if package else f"a package for {name}://"
        raise RemoteError(f"needs {what}", "IO011") from None
    except ValueError:
        raise RemoteError(f"fsspec knows no {name}://", "IO011") from None
    options: dict[str, Any] = {"use_listings_cache": False}
    if name in ("http", "https"):
        aiohttp = import_module("aiohttp")
        # a long trace may take its time, as long as something comes
        wait = aiohttp.ClientTimeout(total=None, sock_connect=timeout(), sock_read=timeout())
        options["client_kwargs"] = {"timeout": wait, "auto_decompress": False}
        options["headers"] = {"Accept-Encoding": "identity"}
    options.update(kind._get_kwargs_from_urls(url))
    return kind(**options), kind._strip_protocol(url)


def _open(url: str) -> BinaryIO | WebFile:
    files, path = _place(url)
    if scheme(url) in ("http", "https"):
        from xlcfg.source.web import WebFile

        # As a stream: no question for the length before, and no trust in an answer to it.
        return WebFile(files.open(path, "rb", block_size=0, size=1))
    opened: BinaryIO = files.open(path, "rb")
    return opened


def _error_text(error: BaseException, url: str) -> str:
    """What went wrong, without the URL, which libraries like to repeat in full."""
    status = getattr(error, "status", None)
    if isinstance(error, RemoteError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "no such file or directory"
    if isinstance(error, IsADirectoryError):
        return "it is a directory"
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, TimeoutError):
        return f"nothing came for {timeout():g} seconds"
    from xlcfg.source.web import WORDS, WebError

    if isinstance(error, WebError):
        return str(error)
    if type(error).__name__ in WORDS:
        return WORDS[type(error).__name__]
    if isinstance(status, int):
        # aiohttp counts what it cannot read as an answer, too
        said = str(getattr(error, "message", "")).partition("\n")[0][:100].rstrip(": ")
        if error.__cause__ is not None:
            return f"the server answers with what is no HTTP: {said}"
        return f"the server answers {status} {said}".rstrip()
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    else:
        text = " ".join(str(error).split())
    text = re.sub(r"\w+://[^\s'\"]+", "...", text.replace(url, "..."))
    secrets = re.findall(r"=([^&#]+)", url.partition("?")[2])
    host = url.partition("://")[2].partition("/")[0]
    secrets += host.rpartition("@")[0].split(":")
    for secret in filter(None, secrets):
        text = text.replace(secret, "...")
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def _unreadable(url: str, error: BaseException) -> Unreadable:
    code = error.code if isinstance(error, RemoteError) else "IO001"
    advice = ""
    if isinstance(error, FileNotFoundError | IsADirectoryError) and not url.endswith("/"):
        advice = "a directory is written with a / at its end"
    return Unreadable(display(url), code, f"cannot be read: {_error_text(error, url)}", advice)


# ---- reading -----------------------------------------------------------------------------------


def _take(url: str, task: Task, most: int = SIZE_LIMIT + 1) -> bytes:
    """The bytes behind a URL, up to so many."""
    pieces = []
    with _open(url) as file:
        task.tick()
        while most > 0:
            piece = file.read(min(_PIECE, most))
            task.tick()
            if not piece:
                break
            pieces.append(piece)
            most -= len(piece)
    if not pieces:
        _no_folder(url)
    return b"".join(pieces)


def _no_folder(url: str) -> None:
    """IsADirectoryError for what holds files: an object store opens that as an empty file."""
    if scheme(url) not in ("http", "https"):
        files, path = _place(url)
        if files.isdir(path):
            raise IsADirectoryError


def read_url(url: str) -> Source | Unreadable:
    """The source of one URL, or why it cannot be read."""
    threads = Threads()
    try:
        data = _waited(threads, threads.start(lambda task: _take(url, task)), url)
    finally:
        threads.close()
    return data if isinstance(data, Unreadable) else _source(url, data)


def _source(url: str, data: bytes) -> Source | Unreadable:
    return too_large(display(url)) if len(data) > SIZE_LIMIT else Source(display(url), data)


class _Wanted:
    """One file to be fetched: its `size` (-1: not known), and the `folder` it was found in."""

    __slots__ = ("folder", "size", "url")

    def __init__(self, url: str, size: int = -1, folder: str = "") -> None:
        self.url = url
        self.size = size
        self.folder = folder


def expand_urls(
    urls: Iterable[str],
    *,
    sniff: bool,
    kind: str,
    shard: Shard | None,
    passed: Callable[[str, str], object] = tell_nobody,
) -> Iterator[Source | Unreadable]:
    """The sources behind URLs, as `xlcfg.source.files.expand` has them.

    One that ends with / is a directory, unless it is of the web, which has none.
    """
    threads = Threads()
    under_way: deque[tuple[_Wanted, Task]] = deque()
    found: set[str] = set()  # directories in which there is something

    def fetch(wanted: _Wanted) -> None:
        under_way.append((wanted, threads.start(lambda task: _fetch(wanted, kind, task))))

    def finished(most: int) -> Iterator[Source | Unreadable]:
        while len(under_way) > most:
            wanted, task = under_way.popleft()
            item = _waited(threads, task, wanted.url)
            if item is None or (sniff and isinstance(item, Source) and not item.kind):
                passed(display(wanted.url), UNKNOWN)
                continue
            found.add(wanted.folder)
            yield item

    try:
        for url in urls:
            if not is_folder(url):
                if shard is None or shard.has(url):
                    fetch(_Wanted(url))
                    yield from finished(2 * THREADS)
                continue
            yield from finished(0)
            task = threads.start(lambda task, url=url: list(_listed(url, task)), patience=10)  # type: ignore[misc]
            entries = _waited(threads, task, url)
            problems = [entries] if isinstance(entries, Unreadable) else []
            for entry in () if problems else entries:
                if isinstance(entry, Unreadable):
                    problems.append(entry)
                elif shard is None or shard.has(entry.url):
                    fetch(entry)
                    yield from finished(2 * THREADS)
                else:
                    found.add(url)
            yield from finished(0)
            if url not in found and not problems:
                problems.append(nothing_in(url, kind))
            for problem in problems:
                if shard is not None:
                    shard.note(problem.path)
                yield problem
        yield from finished(0)
    finally:
        threads.close()


def _waited(threads: Threads, task: Task, url: str) -> Any:
    try:
        return threads.wait(task)
    except MemoryError:
        raise
    except Exception as error:
        return _unreadable(url, error)


def is_folder(url: str) -> bool:
    """Whether a URL asks for all files below it."""
    return url.endswith("/") and scheme(url) not in ("http", "https")


def _fetch(wanted: _Wanted, kind: str, task: Task) -> Source | Unreadable | None:
    """A file; None for one of a directory that is not of a known kind."""
    if wanted.folder:
        return _fetch_listed(wanted, kind, task)
    item = _source(wanted.url, _take(wanted.url, task))
    if isinstance(item, Source):
        item.kind = kind or recognise(wanted.url, item.data[:SNIFF_BYTES])
    return item


def _fetch_listed(wanted: _Wanted, kind: str, task: Task) -> Source | Unreadable | None:
    """A file of a directory, if its beginning looks like what is asked for."""
    shown = display(wanted.url)
    whole = 0 <= wanted.size <= SNIFF_BYTES
    data = _take(wanted.url, task, SNIFF_BYTES + 1)
    found = taken_for(kind, wanted.url, data[:SNIFF_BYTES])
    if not found:
        return None
    if not whole or len(data) > SNIFF_BYTES:
        if wanted.size > SIZE_LIMIT:
            return too_large(shown)
        data = _take(wanted.url, task)
    item = _source(wanted.url, data)
    if isinstance(item, Source):
        item.kind = found
        if found in BOOT_KINDS and not has_lines(item):
            return None
    return item


def _listed(url: str, task: Task, ending: tuple[str, ...] = ()) -> Iterator[_Wanted | Unreadable]:
    """The files below a directory, in the order of a local one. `ending`: only names with these."""
    files, top = _place(url)
    prefix = url.rstrip("/")
    top = top.rstrip("/")

    def below(folder: str, depth: int) -> Iterator[_Wanted | Unreadable]:
        here = prefix + folder[len(top) :]
        try:
            entries = files.ls(folder, detail=True)
        except Exception as error:
            if depth == 0:
                raise
            yield _unreadable(here, error)
            return
        task.tick()
        named = {str(entry["name"]).rstrip("/"): entry for entry in entries}
        # object stores list the folder itself, too
        names = sorted(name for name in named if name.startswith(f"{folder}/"))
        for name in names:
            entry = named[name]
            if entry.get("type") == "file" and _wanted_name(name, ending):
                size = entry.get("size")
                yield _Wanted(prefix + name[len(top) :], size if isinstance(size, int) else -1, url)
        for name in names:
            entry = named[name]
            base = name.rpartition("/")[2]
            folders = entry.get("type") == "directory" and not entry.get("islink")
            if folders and base not in SKIPPED_FOLDERS and depth < DEPTH:
                yield from below(name, depth + 1)

    yield from below(top, 0)


def _wanted_name(name: str, ending: tuple[str, ...]) -> bool:
    return name.endswith(ending) if ending else not name.lower().endswith(NEVER)


def take(url: str, most: int) -> bytes:
    """Up to so many bytes of what is behind a URL. Raises RemoteError."""
    threads = Threads()
    try:
        data: bytes = threads.wait(threads.start(lambda task: _take(url, task, most)))
    except MemoryError:
        raise
    except Exception as error:
        raise _remote_error(error, url) from None
    finally:
        threads.close()
    return data


# ---- traces ------------------------------------------------------------------------------------


def trace_urls(url: str, suffixes: tuple[str, ...]) -> list[str | tuple[str, str]]:
    """The traces behind a URL: itself, or those of a directory, whose URL ends with /.

    A directory in it that cannot be listed is there as its path and why. Raises RemoteError.
    """
    if not is_folder(url):
        return [url]
    threads = Threads()
    try:
        task = threads.start(lambda task: list(_listed(url, task, suffixes)), patience=10)
        return [
            entry.url if isinstance(entry, _Wanted) else (entry.path, entry.message)
            for entry in threads.wait(task)
        ]
    except Exception as error:
        raise _remote_error(error, url) from None
    finally:
        threads.close()


def _remote_error(error: BaseException, url: str) -> RemoteError:
    code = error.code if isinstance(error, RemoteError) else "IO001"
    return RemoteError(_error_text(error, url), code)


class Stream:
    """The bytes behind a URL as a file that is read once. Raises RemoteError."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._threads = Threads()
        self._left = TRACE_LIMIT
        self._file = self._do(lambda _: _open(url))

    def _do(self, what: Callable[[Task], T]) -> T:
        try:
            result: T = self._threads.wait(self._threads.start(what))
        except MemoryError:
            raise
        except Exception as error:
            raise _remote_error(error, self.url) from None
        return result

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        wanted = _PIECE if size < 0 else min(size, _PIECE)
        piece = self._do(lambda _: self._file.read(wanted))
        if not piece and self._left == TRACE_LIMIT:
            self._do(lambda _: _no_folder(self.url))
        self._left -= len(piece)
        if self._left < 0:
            raise RemoteError(f"is larger than {TRACE_LIMIT // 2**30} GiB")
        return piece

    def close(self) -> None:
        """Done with it."""
        try:
            self._do(lambda _: self._file.close())
        except RemoteError:
            pass
        self._threads.close()
