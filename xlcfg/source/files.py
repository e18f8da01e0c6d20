"""From the paths on a command line to sources: files, directories, standard input.

A directory is searched for guest configs, xl.conf and the files of boot loaders by what is in a
file, not by its name alone: `.cfg` is the extension of many things.
"""

from __future__ import annotations

import os
import sys
from itertools import groupby

from xlcfg.core.source import Source
from xlcfg.source.kinds import BOOT_KINDS, SNIFF_BYTES, has_lines, recognise, taken_for
from xlcfg.source.opening import NotPlainError, is_regular, open_descriptor, walk
from xlcfg.source.paths import (
    NAMED,
    NEVER,
    SIZE_LIMIT,
    SKIPPED_FOLDERS,
    STDIN,
    UNKNOWN,
    Once,
    Unreadable,
    display,
    is_url,
    nothing_in,
    reason,
    tell_nobody,
    too_large,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xlcfg.source.shard import Shard

    Passed = Callable[[str, str], object]


def read_by_threads(paths: list[str]) -> bool:
    """Whether threads read what these paths name: several files on other machines."""
    return any(map(is_url, paths)) and (len(paths) > 1 or paths[0][-1:] == "/")


def expand(
    paths: Iterable[str],
    *,
    sniff: bool = False,
    kind: str = "",
    shard: Shard | None = None,
    passed: Passed = tell_nobody,
) -> Iterator[Source | Unreadable]:
    """The sources behind `paths`, in their order; a directory's files sorted by path. A file that
    several of them name is there once, by the first name.

    `kind` says what the files are; of a directory those are taken that look like it, or like
    nothing known (`taken_for`). Without it
    the source's `kind` says what a file looks like; one given by name that looks like nothing is
    a guest config, or with `sniff` left out. `shard` leaves out the files of other parts, except
    that it may ask for their boot lines. `passed` is told which files are passed over, and why.
    """
    paths = list(paths)
    folders = {path for path in paths if path != "-" and not is_url(path) and os.path.isdir(path)}
    once = Once(path for path in paths if path not in folders) if folders else Once()
    for remote, group in groupby(paths, is_url):
        if remote:
            from xlcfg.source.remote import expand_urls

            new = filter(once.is_new, group)
            yield from expand_urls(new, sniff=sniff, kind=kind, shard=shard, passed=passed)
            continue
        for path in group:
            if path in folders:
                if once.is_new(os.path.join(path, "")):
                    yield from _search(path, kind, shard, once, passed)
            elif len(paths) > 1 and not once.is_new(path):
                passed(display(path), NAMED)
            elif shard is None or shard.has(path):
                item = read_named(path, kind)
                if not (sniff and isinstance(item, Source) and not item.kind):
                    yield item
                else:
                    passed(item.path, UNKNOWN)
            elif shard.boots and path != "-":
                yield from _boots_of_other(path, kind, shard)


def without_copies(
    items: Iterable[Source | Unreadable], named: Iterable[str], passed: Passed = tell_nobody
) -> Iterator[Source | Unreadable]:
    """The items but for scripts of U-Boot that are the same as one before in their folder.

    mkimage puts a header before the text and leaves both lying there. A file that is `named` stays.
    """
    seen: dict[tuple[str, bytes], str] = {}
    for item in items:
        if isinstance(item, Source) and item.kind == "uboot":
            from xlcfg.source.uboot.image import body

            start, end = body(item)
            key = (os.path.dirname(item.path), item.data[start:end])
            first = seen.setdefault(key, item.path)
            if first != item.path and item.origin not in named:
                passed(item.path, f"it is the script of {os.path.basename(first)}")
                continue
        yield item


def _boots_of_other(path: str, kind: str, shard: Shard) -> Iterator[Source]:
    """A file of another part, if it has boot lines."""
    try:
        kind = kind or recognise(path, _head(path)[1])
    except (OSError, ValueError):
        return
    if kind in BOOT_KINDS:
        item = read_named(path, kind)
        if isinstance(item, Source) and has_lines(item):
            shard.other(item.path)
            yield item


def read_named(path: str, kind: str = "", name: str = "") -> Source | Unreadable:
    """The source of a file named on the command line, `-` for stdin; its `kind` is "" for unknown.

    `kind` says what it is, whatever it looks like; `name` is what standard input is called and
    recognised by.
    """
    item = _read_stdin(display(name) or STDIN) if path == "-" else read_file(path)
    if isinstance(item, Source):
        item.kind = kind or recognise(name or path, item.data[:SNIFF_BYTES])
    return item


def read_file(path: str) -> Source | Unreadable:
    """The source of one file, or why it cannot be read. Never follows a FIFO or device."""
    if is_url(path):
        from xlcfg.source.remote import read_url

        return read_url(path)
    shown = display(path)
    try:
        descriptor, status = open_descriptor(path, pipes=True)
    except IsADirectoryError:
        return Unreadable(shown, "IO001", "cannot be read: it is a directory")
    except OSError as error:
        key, equals, _ = path.partition("=")
        hint = "settings of a guest stand behind --, as in: web.cfg -- vcpus=4"
        hint = hint if equals and "/" not in key else ""
        return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}", hint)
    except ValueError:
        return Unreadable(shown, "IO001", "cannot be read: no file can have this name")
    with os.fdopen(descriptor, "rb") as file:
        try:
            if status.st_size > SIZE_LIMIT:
                return too_large(shown)
            data = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}")
    if len(data) > SIZE_LIMIT:
        return too_large(shown)
    source = Source(shown, data)
    if is_regular(status):
        source.origin = path
    return source


def read_list(path: str) -> Source | Unreadable:
    """A file that lists others, `-` for standard input."""
    return _read_stdin() if path == "-" else read_file(path)


def _read_stdin(shown: str = STDIN) -> Source | Unreadable:
    try:
        data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    except (AttributeError, OSError, ValueError):
        return Unreadable(shown, "IO001", "cannot be read: standard input is closed")
    return too_large(shown) if len(data) > SIZE_LIMIT else Source(shown, data)


def _search(
    folder: str, wanted: str, shard: Shard | None, once: Once, passed: Passed
) -> Iterator[Source | Unreadable]:
    found = False
    problems: list[Unreadable] = []

    failed: Callable[[OSError], object] = lambda error: problems.append(_folder_error(error))  # noqa: E731
    for path, real, listed in _in_folder(folder, failed, once, passed):
        if not once.is_found(real):
            found = True
            passed(display(path), NAMED)
            continue
        try:
            whole, head = _head(path, listed=listed)
        except OSError as error:
            why = f"cannot be read: {reason(error)}"
            if not path.endswith(".cfg"):
                passed(display(path), why)
            elif shard is None or shard.has(path):
                yield Unreadable(display(path), "IO001", why)
            continue
        kind = taken_for(wanted, path, head)
        if not whole and not head:
            passed(display(path), "it is no plain file")
            continue
        if not kind:
            other = recognise(path, head)
            passed(display(path), f"it looks like {other}, not {wanted}" if other else UNKNOWN)
            continue
        if shard is not None and not shard.has(path):
            found = True
            if shard.boots and kind in BOOT_KINDS:
                yield from _boots_of_other(path, kind, shard)
            continue
        item = Source(display(path), head) if whole else read_file(path)
        if isinstance(item, Source):
            item.kind = kind
            item.origin, item.real = path, real
            if kind in BOOT_KINDS and not has_lines(item):
                passed(item.path, "no boot line of Xen is in it")
                continue
        found = True
        yield item
    if not found and not problems:
        problems.append(nothing_in(folder, wanted))
    for problem in problems:
        if shard is not None:
            shard.note(problem.path)
        yield problem


def _in_folder(
    folder: str, failed: Callable[[OSError], object], once: Once, passed: Passed
) -> Iterator[tuple[str, str, bool]]:
    """Each file below `folder` that may be something: its path, the same without links, and
    whether the listing calls it a plain file.
    """

    def skipped(path: str) -> None:
        passed(display(path), "the folder is not searched")

    for root, names, plain in walk(folder, failed, SKIPPED_FOLDERS, skipped):
        inside = os.path.join(root, "")
        real = once.real_folder(root) if names else ""
        for name in names:
            path = inside + name
            if name.lower().endswith(NEVER):
                passed(display(path), "files with this ending are not searched for")
            elif name in plain:
                yield path, real + name, True
            else:
                yield path, once.real(path), False


def _head(path: str, *, listed: bool = False) -> tuple[bool, bytes]:
    """The beginning of a plain file, and whether that is all of it; nothing of anything else.

    `listed` is as for `open_descriptor`.
    """
    try:
        descriptor, status = open_descriptor(path, listed=listed)
    except NotPlainError:
        return False, b""
    try:
        head = os.read(descriptor, SNIFF_BYTES)
    finally:
        os.close(descriptor)
    return len(head) == status.st_size, head


def _folder_error(error: OSError) -> Unreadable:
    return Unreadable(display(str(error.filename)), "IO001", f"cannot be read: {reason(error)}")
