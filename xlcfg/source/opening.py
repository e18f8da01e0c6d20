"""The one way to open an input: plain files only, and without ever waiting.

Opening a FIFO waits for its writer, a device may never end, and opening a tape rewinds it. So a
path is looked at before it is opened, and what was opened is looked at again: it may have been
replaced in between.
"""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

# As in `stat`, which a plain check would import for these alone.
_KIND, _REGULAR, _FOLDER, _FIFO = 0o170000, 0o100000, 0o040000, 0o010000


class NotPlainError(OSError):
    """A device, a socket, a FIFO: nothing that has an end of its own."""


def open_plain(path: str, *, pipes: bool = False) -> BinaryIO:
    """A plain file, opened for reading; with `pipes` also what a shell's `<(command)` stands for.

    Raises OSError, NotPlainError among them, and ValueError for a name that no file can have.
    """
    return os.fdopen(open_descriptor(path, pipes=pipes)[0], "rb")


def open_descriptor(
    path: str, *, pipes: bool = False, listed: bool = False
) -> tuple[int, os.stat_result]:
    """As `open_plain`, for who reads once: a descriptor, and what it is about.

    `listed` says that a listing of its folder has just called it a plain file.
    """
    if not listed:
        _refuse(path, os.stat(path), pipes)
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if status.st_mode & _KIND != _REGULAR:
            _refuse(path, status, pipes)
            # Its writer may still be at work: it is waited for after all.
            os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def is_regular(status: os.stat_result) -> bool:
    """Whether it is a file with contents of its own."""
    return status.st_mode & _KIND == _REGULAR


def _refuse(path: str, status: os.stat_result, pipes: bool) -> None:
    """Raises OSError for what is not to be opened."""
    kind = status.st_mode & _KIND
    if kind == _FOLDER:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if kind != _REGULAR and not (pipes and kind == _FIFO and _without_name(status)):
        raise NotPlainError(errno.EINVAL, "it is not a plain file", path)


def _without_name(status: os.stat_result) -> bool:
    """Whether a pipe has no name in any folder: it was made with its writer, and ends with it."""
    reading, writing = os.pipe()
    try:
        return os.fstat(reading).st_dev == status.st_dev
    finally:
        os.close(reading)
        os.close(writing)


def walk(
    folder: str,
    failed: Callable[[OSError], object],
    skipped: frozenset[str] = frozenset(),
    left_out: Callable[[str], object] | None = None,
) -> Iterator[tuple[str, list[str], set[str]]]:
    """Each folder below `folder` and the names of what else is in it, both in order of their names;
    then those of them that the listing calls plain files, and no links.

    Links to folders are not followed and folders named in `skipped` are left out, which `left_out`
    is told; `failed` is called for those that cannot be listed. `os.walk` of Python 3.11 calls
    itself for each level, so that folders nested a thousand deep end it.
    """
    todo = [folder]
    while todo:
        root = todo.pop()
        folders: list[str] = []
        others: list[str] = []
        plain: set[str] = set()
        try:
            with os.scandir(root) as entries:
                for entry in entries:
                    if _is_plain(entry):
                        plain.add(entry.name)
                    elif not _is_folder(entry):
                        others.append(entry.name)
                    elif entry.name in skipped or entry.is_symlink():
                        if left_out is not None:
                            left_out(entry.path)
                    else:
                        folders.append(entry.name)
        except OSError as error:
            failed(error)
            continue
        yield root, sorted((*plain, *others)), plain
        todo += [os.path.join(root, name) for name in sorted(folders, reverse=True)]


def _is_plain(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
