"""Names of inputs: what is a URL, how a path is shown, and what is reported of unreadable ones."""

from __future__ import annotations

import os
import re

#: How standard input is called that has no other name.
STDIN = "<stdin>"

#: Larger files are refused: no guest config comes near, and memory has a bound.
SIZE_LIMIT = 256 * 1024 * 1024

#: Files with these endings are never checked; the rest of a directory is sniffed.
NEVER = (
    ".py", ".pyc", ".c", ".h", ".o", ".so", ".a", ".gz", ".xz", ".bz2", ".zst", ".zip", ".img",
    ".iso", ".qcow2", ".raw", ".md", ".rst", ".html", ".json", ".jsonl", ".yaml", ".yml", ".toml",
    ".lock", ".png", ".jpg", ".pdf", ".expected", ".tsv", ".csv", ".rpm",
    ".deb", ".efi", ".diff", ".patch",
)  # fmt: skip

#: Why files are passed over.
NAMED = "it is named more than once"
UNKNOWN = "it looks like nothing that xlcfg checks"

#: Folders that are never searched.
SKIPPED_FOLDERS = frozenset((".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", ".tox"))


TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Unreadable:
    """An input that cannot be read: `path` as given, a code, what is wrong and what to do."""

    __slots__ = ("code", "help", "message", "path")

    def __init__(self, path: str, code: str, message: str, help: str = "") -> None:  # noqa: A002
        self.path = path
        self.code = code
        self.message = message
        self.help = help


def tell_nobody(path: str, why: str) -> None:
    """What is told of files that are passed over when nobody wants to know."""


class Once:
    """Tells of paths whether they name a file that another one has named before.

    `named` are those given by name: what is found of them in a directory is not new, for what is
    given by name is checked whatever it looks like.
    """

    __slots__ = ("_folders", "_named", "_seen")

    def __init__(self, named: Iterable[str] = ()) -> None:
        self._folders: dict[str, str] = {}
        self._seen: set[str] = set()
        self._named = set(map(self._real, named))

    def is_new(self, path: str) -> bool:
        """Whether no path to the same file, by whatever links, was asked about before."""
        return self._is_first(self._real(path))

    def is_found(self, real: str) -> bool:
        """The same for a file of a directory, by what `real` says of it."""
        return real not in self._named and self._is_first(real)

    def real(self, path: str) -> str:
        """The path of a file of a directory without links in it."""
        return real_path(path, self._folders)

    def real_folder(self, folder: str) -> str:
        """The same for a folder, with a slash at its end."""
        return os.path.join(os.path.realpath(folder), "")

    def _is_first(self, real: str) -> bool:
        if real in self._seen:
            return False
        self._seen.add(real)
        return True

    def _real(self, path: str) -> str:
        return path if path == "-" or is_url(path) else real_path(path, self._folders)


def real_path(path: str, known: dict[str, str]) -> str:
    """`os.path.realpath`, which looks at every folder on the way, with folders looked at once.

    `known` keeps what was found of them.
    """
    at = max(path.rfind("/"), path.rfind(os.sep)) + 1
    folder, name = path[:at], path[at:]
    if name in ("", ".", "..") or os.path.islink(path):
        return os.path.realpath(path)
    real = known.get(folder)
    if real is None:
        real = known[folder] = os.path.join(os.path.realpath(folder), "")
    return real + name


def is_url(path: str) -> bool:
    """Whether a path names something on another machine; `./s3://x` is a file."""
    name, found, _ = path.partition("://")
    return bool(found) and name.isascii() and name.replace("+", "").isalnum()


def without_user(url: str) -> str:
    """A URL without the user and password that may be in it."""
    name, _, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    host, rest = rest[:end], rest[end:]
    host = host.rpartition("@")[2]
    if re.search(r":(?!\d*$)", host.rpartition("]")[2]):
        # a password with a / in it: which part is the host cannot be known
        host, rest = "...", rest.rpartition("@")[2].lstrip(":0123456789")
    return f"{name}://{host}{rest}"


def public(url: str) -> str:
    """A URL as it may be printed: values of its query may be keys and signatures."""
    shown = without_user(url)
    shown = shown.partition("#")[0]
    shown, asks, query = shown.partition("?")
    if not asks:
        return shown
    names = [part.partition("=") for part in query.split("&")]
    return f"{shown}?{'&'.join(f'{name}=...' if equals else '...' for name, equals, _ in names)}"


def scheme(url: str) -> str:
    """The scheme of a URL, in small letters."""
    return url.partition("://")[0].lower()


def display(path: str) -> str:
    """A path as text that every encoding can print, whatever bytes are in it.

    What a URL has of passwords and signatures is not in it.
    """
    if "://" in path and is_url(path):
        path = public(path)
    if path.isascii():
        return path
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def reason(error: OSError) -> str:
    """The operating system's words for an error, without number and path."""
    return (error.strerror or str(error)).lower()


def too_large(shown: str) -> Unreadable:
    """About an input beyond SIZE_LIMIT."""
    return Unreadable(
        shown, "IO002", f"is larger than {SIZE_LIMIT // 2**20} MiB, which no guest config is"
    )


def nothing_in(folder: str, wanted: str) -> Unreadable:
    """About a directory that holds nothing to check."""
    return Unreadable(
        display(folder),
        "IO004",
        f"no {wanted or 'guest config'} was found in this directory",
        "a file given by name is checked whatever it looks like",
    )
