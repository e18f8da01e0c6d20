"""From the paths on a command line to sources: files, directories, standard input.

A directory is searched for guest configs by what is in a file, not by its name alone: `.cfg` is
the extension of many things.
"""

from __future__ import annotations

import os
import sys

from xlcfg.source.text import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Larger files are refused: no guest config comes near, and memory has a bound.
SIZE_LIMIT = 256 * 1024 * 1024

#: How much of a file in a directory is looked at to tell what it is.
SNIFF_BYTES = 64 * 1024

#: Files with these endings are never guest configs; the rest of a directory is sniffed.
_NEVER = (
    ".py", ".pyc", ".c", ".h", ".o", ".so", ".a", ".gz", ".xz", ".bz2", ".zst", ".zip", ".img",
    ".iso", ".qcow2", ".raw", ".md", ".rst", ".html", ".json", ".jsonl", ".yaml", ".yml", ".toml",
    ".lock", ".png", ".jpg", ".pdf", ".expected", ".tsv", ".csv", ".xml", ".log", ".sh", ".rpm",
    ".deb", ".efi", ".dtb", ".dts", ".diff", ".patch",
)  # fmt: skip
_SKIPPED_FOLDERS = {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", ".tox"}

# Names that hardly any other kind of file assigns at the start of a line. One of the first group
# or two of the second make a guest config.
_TELLING = (
    b"vcpus", b"vif", b"maxmem", b"on_poweroff", b"on_reboot", b"on_crash", b"builder", b"maxvcpus",
    b"vfb", b"bootloader", b"device_model_version", b"vncdisplay", b"xen_platform_pci",
)  # fmt: skip
_COMMON = (
    b"name", b"memory", b"kernel", b"ramdisk", b"disk", b"type", b"extra", b"root", b"cmdline",
    b"boot", b"pci", b"uuid", b"cpus", b"serial", b"firmware", b"vnc", b"acpi",
)  # fmt: skip


class Unreadable:
    """An input that cannot be read: `path` as given, a code, what is wrong and what to do."""

    __slots__ = ("code", "help", "message", "path")

    def __init__(self, path: str, code: str, message: str, help: str = "") -> None:  # noqa: A002
        self.path = path
        self.code = code
        self.message = message
        self.help = help


def expand(
    paths: Iterable[str], *, sniff: bool = False, shard: tuple[int, int] | None = None
) -> Iterator[Source | Unreadable]:
    """The sources behind `paths`, in their order; a directory's files sorted by path.

    `sniff` leaves out files given by name that do not look like guest configs; `shard` (k, n) all
    but the k-th part of n of the files, told by their paths as given.
    """
    for path in paths:
        if path == "-":
            yield _read_stdin()
        elif os.path.isdir(path):
            yield from _search(path, shard)
        elif in_shard(path, shard):
            item = read_file(path)
            if sniff and isinstance(item, Source) and not _sniffed(item):
                continue
            yield item


def in_shard(path: str, shard: tuple[int, int] | None) -> bool:
    """Whether a file belongs to part k of n, on any machine that gives it the same path."""
    if shard is None:
        return True
    from zlib import crc32

    k, n = shard
    return crc32(os.fsencode(os.path.normpath(path))) % n == k - 1


def _sniffed(source: Source) -> bool:
    return looks_like_guest_config(source.data[:SNIFF_BYTES])


def read_file(path: str) -> Source | Unreadable:
    """The source of one file, or why it cannot be read. Never follows a FIFO or device."""
    shown = display(path)
    try:
        # A FIFO would hang and /dev/zero never end, so only plain files are opened by name.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}")
    except ValueError:
        return Unreadable(shown, "IO001", "cannot be read: no file can have this name")
    with os.fdopen(fd, "rb") as file:
        try:
            status = os.fstat(fd)
            if not _is_regular(status.st_mode) and not _is_pipe(status.st_mode):
                return Unreadable(shown, "IO001", "cannot be read: it is not a plain file")
            if status.st_size > SIZE_LIMIT:
                return _too_large(shown)
            if _is_pipe(status.st_mode):
                # <(command) of a shell: wait for its writer after all
                os.set_blocking(fd, True)
            data = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}")
    if len(data) > SIZE_LIMIT:
        return _too_large(shown)
    return Source(shown, data)


def _is_regular(mode: int) -> bool:
    return mode & 0o170000 == 0o100000


def _is_pipe(mode: int) -> bool:
    return mode & 0o170000 == 0o010000


def _too_large(shown: str) -> Unreadable:
    return Unreadable(
        shown, "IO002", f"is larger than {SIZE_LIMIT // 2**20} MiB, which no guest config is"
    )


def _read_stdin() -> Source | Unreadable:
    try:
        data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    except (AttributeError, OSError, ValueError):
        return Unreadable("<stdin>", "IO001", "cannot be read: standard input is closed")
    return _too_large("<stdin>") if len(data) > SIZE_LIMIT else Source("<stdin>", data)


def _search(folder: str, shard: tuple[int, int] | None) -> Iterator[Source | Unreadable]:
    found = False
    problems: list[Unreadable] = []
    for root, folders, files in os.walk(
        folder, onerror=lambda e: problems.append(_folder_error(e))
    ):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            path = os.path.join(root, name)
            if name.lower().endswith(_NEVER) or not os.path.isfile(path):
                continue
            try:
                with open(path, "rb") as file:
                    head = file.read(SNIFF_BYTES)
            except OSError as error:
                if name.endswith(".cfg"):
                    yield Unreadable(display(path), "IO001", f"cannot be read: {reason(error)}")
                continue
            if looks_like_guest_config(head):
                found = True
                if in_shard(path, shard):
                    yield read_file(path)
    yield from problems
    if not found and not problems:
        yield Unreadable(
            display(folder),
            "IO004",
            "no guest config was found in this directory",
            "a file given by name is checked whatever it looks like",
        )


def _folder_error(error: OSError) -> Unreadable:
    return Unreadable(display(str(error.filename)), "IO001", f"cannot be read: {reason(error)}")


def looks_like_guest_config(head: bytes) -> bool:
    """Whether the beginning of a file reads like a guest config rather than another `.cfg`."""
    if b"\0" in head:
        return False
    points = 0
    seen: set[bytes] = set()
    for line in head.splitlines():
        name, equals, value = line.strip().partition(b"=")
        if not equals:
            continue
        name = name.strip().rstrip(b"+").rstrip()
        value = value.lstrip()
        if name in seen or not value or value[:1] not in b"'\"[0123456789\xe2":
            continue
        seen.add(name)
        if name in _TELLING:
            points += 2
        elif name in _COMMON:
            points += 1
        if points >= 2:
            return True
    return False


def reason(error: OSError) -> str:
    """The operating system's words for an error, without number and path."""
    return (error.strerror or str(error)).lower()


def display(path: str) -> str:
    """A path as text that every encoding can print, whatever bytes are in it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
