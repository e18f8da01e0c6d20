"""From the paths on a command line to sources: files, directories, standard input.

A directory is searched for guest configs, xl.conf and the files of boot loaders by what is in a
file, not by its name alone: `.cfg` is the extension of many things.
"""

from __future__ import annotations

import os
import sys
from itertools import groupby

from xlcfg.core.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlcfg.checks.report import Report

GUEST = "guest"
XL_CONF = "xl.conf"

#: Files that boot lines come from: as in `xlcfg.source.boot.KINDS`, "boot-line" for its "line" and
#: "grub" for whichever of the three it is.
BOOT_KINDS = (
    "boot-line", "grub", "grub-default", "grub-cfg", "grub-legacy", "xen-cfg", "syslinux",
    "systemd-boot", "dts", "dtb",
)  # fmt: skip
KINDS = (GUEST, XL_CONF, *BOOT_KINDS)

#: How standard input is called that has no other name.
STDIN = "<stdin>"

#: Larger files are refused: no guest config comes near, and memory has a bound.
SIZE_LIMIT = 256 * 1024 * 1024

#: How much of a file in a directory is looked at to tell what it is.
SNIFF_BYTES = 64 * 1024

#: Files with these endings are never checked; the rest of a directory is sniffed.
NEVER = (
    ".py", ".pyc", ".c", ".h", ".o", ".so", ".a", ".gz", ".xz", ".bz2", ".zst", ".zip", ".img",
    ".iso", ".qcow2", ".raw", ".md", ".rst", ".html", ".json", ".jsonl", ".yaml", ".yml", ".toml",
    ".lock", ".png", ".jpg", ".pdf", ".expected", ".tsv", ".csv", ".log", ".sh", ".rpm",
    ".deb", ".efi", ".diff", ".patch",
)  # fmt: skip
SKIPPED_FOLDERS = {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", ".tox"}

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


class Shard:
    """Part `k` of `n` of some files: the same on every machine that says the same paths.

    It notes the place of each of its files among all, so that results can be put in order again.
    With `boots` the files of other parts are looked through for boot lines; `others` are those
    that have some.
    """

    __slots__ = ("_count", "boots", "k", "n", "others", "places")

    def __init__(self, k: int, n: int, *, boots: bool = False) -> None:
        self.k = k
        self.n = n
        self.boots = boots
        #: path as shown -> place among all files
        self.places: dict[str, int] = {}
        self.others: dict[str, int] = {}
        self._count = 0

    def has(self, path: str) -> bool:
        """Whether a file is of this part; asked once for each file, in order."""
        from zlib import crc32

        self._count += 1
        if is_url(path):
            from xlcfg.source.remote import without_user

            key = without_user(path)
        else:
            key = os.path.normpath(path)
        if crc32(os.fsencode(key)) % self.n != self.k - 1:
            return False
        self.places.setdefault(STDIN if path == "-" else display(path), self._count)
        return True

    def note(self, path: str) -> None:
        """A place for what every part has something to say about."""
        self._count += 1
        self.places.setdefault(path, self._count)

    def other(self, path: str) -> None:
        """The file that was asked about last is not of this part, but has boot lines."""
        self.others.setdefault(path, self._count)

    def ordered(self, own: list[Report], others: list[Report]) -> list[Report]:
        """Reports of this part and others in their places; those without one come last."""
        places = {**self.others, **self.places}
        last = self._count + 1
        return sorted([*own, *others], key=lambda report: places.get(report.source.path, last))


def is_url(path: str) -> bool:
    """Whether a path names something on another machine; `./s3://x` is a file."""
    scheme, found, _ = path.partition("://")
    return bool(found) and scheme.isascii() and scheme.replace("+", "").isalnum()


def read_by_threads(paths: list[str]) -> bool:
    """Whether threads read what these paths name: several files on other machines."""
    return any(map(is_url, paths)) and (len(paths) > 1 or paths[0][-1:] == "/")


def expand(
    paths: Iterable[str],
    *,
    sniff: bool = False,
    kind: str = "",
    shard: Shard | None = None,
) -> Iterator[Source | Unreadable]:
    """The sources behind `paths`, in their order; a directory's files sorted by path.

    `kind` says what the files are; of a directory those that look like it are taken. Without it
    the source's `kind` says what a file looks like; one given by name that looks like nothing is
    a guest config, or with `sniff` left out. `shard` leaves out the files of other parts, except
    that it may ask for their boot lines.
    """
    for remote, group in groupby(paths, is_url):
        if remote:
            from xlcfg.source.remote import expand_urls

            yield from expand_urls(group, sniff=sniff, kind=kind, shard=shard)
            continue
        for path in group:
            if path != "-" and os.path.isdir(path):
                yield from _search(path, kind, shard)
            elif shard is None or shard.has(path):
                item = read_named(path, kind)
                if not (sniff and isinstance(item, Source) and not item.kind):
                    yield item
            elif shard.boots and path != "-":
                yield from _boots_of_other(path, kind, shard)


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


def recognise(path: str, head: bytes) -> str:
    """What a file is by its name and beginning, one of `KINDS`; "" for nothing known."""
    if os.path.basename(path) == XL_CONF:
        return XL_CONF
    if looks_like_guest_config(head):
        return GUEST
    from xlcfg.source.kinds import other_kind

    return other_kind(path, head)


def read_file(path: str) -> Source | Unreadable:
    """The source of one file, or why it cannot be read. Never follows a FIFO or device."""
    if is_url(path):
        from xlcfg.source.remote import read_url

        return read_url(path)
    shown = display(path)
    try:
        # A FIFO would hang and /dev/zero never end, so only plain files are opened by name.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}")
    except ValueError:
        return Unreadable(shown, "IO001", "cannot be read: no file can have this name")
    if os.fstat(fd).st_mode & 0o170000 == 0o040000:
        os.close(fd)
        return Unreadable(shown, "IO001", "cannot be read: it is a directory")
    with os.fdopen(fd, "rb") as file:
        try:
            status = os.fstat(fd)
            if not _is_regular(status.st_mode) and not _is_pipe(status.st_mode):
                return Unreadable(shown, "IO001", "cannot be read: it is not a plain file")
            if status.st_size > SIZE_LIMIT:
                return too_large(shown)
            if _is_pipe(status.st_mode):
                # <(command) of a shell: wait for its writer after all
                os.set_blocking(fd, True)
            data = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}")
    if len(data) > SIZE_LIMIT:
        return too_large(shown)
    source = Source(shown, data)
    if _is_regular(status.st_mode):
        source.origin = path
    return source


def _is_regular(mode: int) -> bool:
    return mode & 0o170000 == 0o100000


def _is_pipe(mode: int) -> bool:
    return mode & 0o170000 == 0o010000


def too_large(shown: str) -> Unreadable:
    return Unreadable(
        shown, "IO002", f"is larger than {SIZE_LIMIT // 2**20} MiB, which no guest config is"
    )


def read_list(path: str) -> Source | Unreadable:
    """A file that lists others, `-` for standard input."""
    return _read_stdin() if path == "-" else read_file(path)


def _read_stdin(shown: str = STDIN) -> Source | Unreadable:
    try:
        data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    except (AttributeError, OSError, ValueError):
        return Unreadable(shown, "IO001", "cannot be read: standard input is closed")
    return too_large(shown) if len(data) > SIZE_LIMIT else Source(shown, data)


def _search(folder: str, wanted: str, shard: Shard | None) -> Iterator[Source | Unreadable]:
    found = False
    problems: list[Unreadable] = []
    for root, folders, files in os.walk(
        folder, onerror=lambda e: problems.append(_folder_error(e))
    ):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        for name in sorted(files):
            path = os.path.join(root, name)
            if name.lower().endswith(NEVER):
                continue
            try:
                whole, head = _head(path)
            except OSError as error:
                if name.endswith(".cfg") and (shard is None or shard.has(path)):
                    yield Unreadable(display(path), "IO001", f"cannot be read: {reason(error)}")
                continue
            kind = recognise(path, head)
            if not kind or not kind.startswith(wanted):
                continue
            if shard is not None and not shard.has(path):
                found = True
                if shard.boots and kind in BOOT_KINDS:
                    yield from _boots_of_other(path, kind, shard)
                continue
            item = Source(display(path), head) if whole else read_file(path)
            if isinstance(item, Source):
                item.kind = kind
                item.origin = path
                if kind in BOOT_KINDS and not has_lines(item):
                    continue
            found = True
            yield item
    if not found and not problems:
        problems.append(nothing_in(folder, wanted))
    for problem in problems:
        if shard is not None:
            shard.note(problem.path)
        yield problem


def nothing_in(folder: str, wanted: str) -> Unreadable:
    """About a directory that holds nothing to check."""
    return Unreadable(
        display(folder),
        "IO004",
        f"no {wanted or 'guest config'} was found in this directory",
        "a file given by name is checked whatever it looks like",
    )


def _head(path: str) -> tuple[bool, bytes]:
    """The beginning of a plain file, and whether that is all of it; nothing of anything else."""
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(fd)
        if not _is_regular(status.st_mode):
            return False, b""
        head = os.read(fd, SNIFF_BYTES)
        return len(head) == status.st_size, head
    finally:
        os.close(fd)


def has_lines(source: Source) -> bool:
    """Whether Xen would get a line from it: most device trees and menus are not about Xen."""
    from xlcfg.source.boot import lines_from

    return bool(lines_from(source, source.kind))


def _folder_error(error: OSError) -> Unreadable:
    return Unreadable(display(str(error.filename)), "IO001", f"cannot be read: {reason(error)}")


def looks_like_guest_config(head: bytes) -> bool:
    """Whether the beginning of a file reads like a guest config rather than another `.cfg`."""
    if b"\0" in head:
        return False
    # The first lines tell for nearly all files; nobody else pays for splitting them all.
    first = head.find(b"\n", 400) + 1
    if not (first > 0 and _reads_like_guest(head[:first])) and not _reads_like_guest(head):
        return False
    return not _begins_with_section(head)


def _reads_like_guest(head: bytes) -> bool:
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


def _begins_with_section(head: bytes) -> bool:
    """Whether a line like `[section]`, as in INI and TOML files, comes before all telling names.

    Behind one it is a mistake in a guest's, which xl refuses.
    """
    if head[:1] != b"[" and b"\n[" not in head:
        return False
    for line in head.splitlines():
        line = line.rstrip()
        if line[:1] == b"[" and line[-1:] == b"]":
            name = line.strip(b"[ ]")
            if name[:1].isalpha() and not set(name) & set(b"\"',=[]"):
                return True
        elif line.partition(b"=")[0].strip().rstrip(b"+").rstrip() in _TELLING:
            return False
    return False


def reason(error: OSError) -> str:
    """The operating system's words for an error, without number and path."""
    return (error.strerror or str(error)).lower()


def display(path: str) -> str:
    """A path as text that every encoding can print, whatever bytes are in it.

    What a URL has of passwords and signatures is not in it.
    """
    if is_url(path):
        from xlcfg.source.remote import public

        path = public(path)
    return os.fsencode(path).decode("utf-8", "backslashreplace")
