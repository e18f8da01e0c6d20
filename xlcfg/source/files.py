"""From the paths on a command line to sources: files, directories, standard input.

A directory is searched for guest configs, xl.conf and the files of boot loaders by what is in a
file, not by its name alone: `.cfg` is the extension of many things.
"""

from __future__ import annotations

import os
import sys

from xlcfg.source.text import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def expand(
    paths: Iterable[str],
    *,
    sniff: bool = False,
    kind: str = "",
    shard: tuple[int, int] | None = None,
) -> Iterator[Source | Unreadable]:
    """The sources behind `paths`, in their order; a directory's files sorted by path.

    `kind` says what the files are; of a directory those that look like it are taken. Without it
    the source's `kind` says what a file looks like; one given by name that looks like nothing is
    a guest config, or with `sniff` left out. `shard` (k, n) leaves out all files but the k-th part
    of n, told by their paths as given.
    """
    for path in paths:
        if path != "-" and os.path.isdir(path):
            yield from _search(path, kind, shard)
            continue
        if not in_shard(path, shard):
            continue
        item = read_named(path, kind)
        if sniff and isinstance(item, Source) and not item.kind:
            continue
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


def in_shard(path: str, shard: tuple[int, int] | None) -> bool:
    """Whether a file belongs to part k of n: the same on every machine that says the same path."""
    if shard is None:
        return True
    from zlib import crc32

    k, n = shard
    return crc32(os.fsencode(os.path.normpath(path))) % n == k - 1


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
                return _too_large(shown)
            if _is_pipe(status.st_mode):
                # <(command) of a shell: wait for its writer after all
                os.set_blocking(fd, True)
            data = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            return Unreadable(shown, "IO001", f"cannot be read: {reason(error)}")
    if len(data) > SIZE_LIMIT:
        return _too_large(shown)
    source = Source(shown, data)
    if _is_regular(status.st_mode):
        source.origin = path
    return source


def _is_regular(mode: int) -> bool:
    return mode & 0o170000 == 0o100000


def _is_pipe(mode: int) -> bool:
    return mode & 0o170000 == 0o010000


def _too_large(shown: str) -> Unreadable:
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
    return _too_large(shown) if len(data) > SIZE_LIMIT else Source(shown, data)


def _search(
    folder: str, wanted: str, shard: tuple[int, int] | None
) -> Iterator[Source | Unreadable]:
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
                if name.endswith(".cfg") and in_shard(path, shard):
                    yield Unreadable(display(path), "IO001", f"cannot be read: {reason(error)}")
                continue
            kind = recognise(path, head)
            if not kind or not kind.startswith(wanted):
                continue
            if not in_shard(path, shard):
                found = True
                continue
            item = Source(display(path), head) if whole else read_file(path)
            if isinstance(item, Source):
                item.kind = kind
                item.origin = path
                if kind in BOOT_KINDS and not _has_lines(item):
                    continue
            found = True
            yield item
    yield from problems
    if not found and not problems:
        yield Unreadable(
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


def _has_lines(source: Source) -> bool:
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
    return (first > 0 and _reads_like_guest(head[:first])) or _reads_like_guest(head)


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
            return not _has_sections(head)
    return False


def _has_sections(head: bytes) -> bool:
    """Whether there is a line like `[section]`, as in INI and TOML files and never in a guest's."""
    if head[:1] != b"[" and b"\n[" not in head:
        return False
    for line in head.splitlines():
        line = line.rstrip()
        if line[:1] == b"[" and line[-1:] == b"]":
            name = line.strip(b"[ ]")
            if name[:1].isalpha() and not set(name) & set(b"\"',=[]"):
                return True
    return False


def reason(error: OSError) -> str:
    """The operating system's words for an error, without number and path."""
    return (error.strerror or str(error)).lower()


def display(path: str) -> str:
    """A path as text that every encoding can print, whatever bytes are in it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
