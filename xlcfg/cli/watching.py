"""`xlcfg check --watch`: checks again whenever a file changes, until it is interrupted.

Changes are found by asking for the state of every file twice a second. That works on network file
systems and in containers, where notifications stay silent, needs no library, and is cheap: looks at
5,000 files take 2 % of a processor. Where one takes long, the next is further away.

A file counts as changed when its bytes are others than those last checked. So what `--fix` itself
has written starts nothing, and no two runs can chase each other.
"""

from __future__ import annotations

import os
import stat
import sys
import time

from xlcfg.cli.arguments import given_paths, path_filter
from xlcfg.cli.errors import UsageError
from xlcfg.cli.usage_errors import complain
from xlcfg.core.errors import SettingsError
from xlcfg.core.screen import safe
from xlcfg.core.source import Source
from xlcfg.report import says
from xlcfg.settings.project import FILES, candidates
from xlcfg.source.files import read_file
from xlcfg.source.kinds import SNIFF_BYTES, taken_for
from xlcfg.source.paths import NEVER, SKIPPED_FOLDERS, display, is_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Result

#: Seconds between two looks; a look that takes long is followed by so many times its own time.
PAUSE = 0.5
PATIENCE = 20
#: Seconds that files have to stay the same before they are read, and how often that is hoped for.
QUIET = 0.1
HOPES = 20
#: How many changed files are named.
NAMED = 3

Stamp = tuple[int, ...]


def watch(
    arguments: Namespace, check_once: Callable[[Namespace], tuple[int, Result, Linter]]
) -> NoReturn:
    """Call `check_once` again and again; it returns an exit code and what it was about.

    Ends with KeyboardInterrupt, or with the UsageError of the first run.
    """
    _validate(arguments)
    watcher = _Watcher(arguments)
    first = True
    changes: list[str] = []
    while True:
        watcher.look()
        _head(arguments, changes, first=first)
        try:
            _, result, linter = check_once(arguments)
            watcher.note(result, linter)
        except SettingsError as error:
            _complain(error)
        except UsageError as error:
            if first:
                raise
            _complain(error)
        _foot(arguments, len(watcher.checked))
        first = False
        changes = watcher.wait()


def _validate(arguments: Namespace) -> None:
    if "-" in (*arguments.paths, arguments.files_from):
        raise UsageError("--watch takes files and directories: standard input does not change")
    for path in filter(is_url, arguments.paths):
        raise UsageError(f"--watch looks at local files only, not at {safe(display(path))}")
    if arguments.write_baseline is not None:
        raise UsageError("--watch does not go with --write-baseline")


def _head(arguments: Namespace, changes: list[str], *, first: bool) -> None:
    """What happened, and when: on a terminal on an empty screen, else between two reports."""
    if first:
        return
    for_people = arguments.format is None or says(arguments.format, "FOR_PEOPLE")
    out = sys.stdout if for_people else sys.stderr
    if out.isatty() and os.environ.get("TERM") != "dumb":
        out.write("\x1b[2J\x1b[H")
    text = ", ".join(changes[:NAMED])
    if len(changes) > NAMED:
        text += f" and {len(changes) - NAMED} more"
    print(f"--- {time.strftime('%H:%M:%S')} {text}", file=out, flush=True)


def _foot(arguments: Namespace, count: int) -> None:
    sys.stdout.flush()
    if not arguments.quiet:
        files = "1 file" if count == 1 else f"{count} files"
        print(f"xlcfg: watching {files}; Ctrl-C ends", file=sys.stderr, flush=True)


def _complain(error: Exception) -> None:
    sys.stdout.flush()
    complain(error)


class _Watcher:
    """What the files of a run were like when it was last looked, and what was checked of them."""

    def __init__(self, arguments: Namespace) -> None:
        self.arguments = arguments
        #: path of a file that was checked -> hash of its bytes
        self.checked: dict[str, int] = {}
        self._excluded: Callable[[str], bool] | None = None
        self._named: set[str] = set()
        self._stamps: dict[str, Stamp | None] = {}
        self._cost = 0.0

    def note(self, result: Result, linter: Linter) -> None:
        """Remember what a run has read."""
        sources = [report.source for report in result.reports]
        self.checked = {source.origin: hash(source.data) for source in sources if source.origin}
        self._excluded = path_filter(self.arguments, linter)

    def look(self) -> None:
        """Take the state of all files as the one that later ones are compared with."""
        self._stamps = self._look()

    def wait(self) -> list[str]:
        """Sleep until files have changed and are quiet again; what changed, one line each."""
        while True:
            time.sleep(max(PAUSE, PATIENCE * self._cost))
            now = self._look()
            if now == self._stamps:
                continue
            for _ in range(HOPES):
                time.sleep(max(QUIET, self._cost))
                last, now = now, self._look()
                if now == last:
                    break
            before, self._stamps = self._stamps, now
            paths = sorted(now.keys() | before.keys())
            changes = [self._change(path, before.get(path), now.get(path)) for path in paths]
            changes = [change for change in changes if change]
            if changes:
                return changes

    def _change(self, path: str, before: Stamp | None, now: Stamp | None) -> str:
        """What happened to a file, "" for nothing that matters."""
        if before == now:
            return ""
        if now is None:
            known = path in self.checked or path in self._named or path in self._others()
            return f"{_shown(path)} is gone" if known or _is_settings(path) else ""
        if not self._matters(path):
            return ""
        return f"{_shown(path)} {'is new' if before is None else 'changed'}"

    def _matters(self, path: str) -> bool:
        """Whether a file that is there may have something new for a check."""
        if _is_settings(path) or path in self._others():
            return True
        item = read_file(path)
        if not isinstance(item, Source):
            return path in self.checked or path in self._named
        if path in self.checked:
            return hash(item.data) != self.checked[path]
        if path in self._named:
            return True
        try:
            if self._excluded is not None and self._excluded(item.path):
                return False
        except SettingsError:
            return True
        kind = self.arguments.kind or ""
        return bool(taken_for(kind, path, item.data[:SNIFF_BYTES]))

    def _others(self) -> tuple[str, ...]:
        """Files that the options name, which count as soon as they are touched."""
        given = self.arguments
        return tuple(
            filter(None, (given.host, given.baseline, given.files_from, given.trace, given.running))
        )

    # ---- looking -------------------------------------------------------------------------------

    def _look(self) -> dict[str, Stamp | None]:
        started = time.monotonic()
        stamps: dict[str, Stamp | None] = {name: _stamp(name) for name in self._others()}
        try:
            paths = given_paths(self.arguments, "check")
        except UsageError:  # the list is being replaced
            paths = self.arguments.paths
        self._named = set(paths)
        folders: set[str] = set()
        for path in paths:
            stamp = stamps[path] = _stamp(path)
            if stamp is not None and stat.S_ISDIR(stamp[0]):
                # its own times change with every file in it
                stamps[path] = (stamp[0],)
                stamps.update(_below(path))
            if not self.arguments.isolated and (folder := os.path.dirname(path)) not in folders:
                folders.add(folder)
                stamps.update((name, _stamp(name)) for name in candidates(path))
        self._cost = time.monotonic() - started
        return stamps


def _below(folder: str) -> Iterator[tuple[str, Stamp]]:
    """Every file below a folder that may be checked, or holds settings."""
    todo = [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in SKIPPED_FOLDERS:
                            todo.append(entry.path)
                    elif entry.name in FILES or not entry.name.lower().endswith(NEVER):
                        try:
                            yield entry.path, _of(entry.stat())
                        except OSError:  # gone meanwhile, or a link to nothing
                            continue
        except OSError:
            continue


def _stamp(path: str) -> Stamp | None:
    try:
        return _of(os.stat(path))
    except (OSError, ValueError):
        return None


def _of(status: os.stat_result) -> Stamp:
    mode, number, size = status.st_mode, status.st_ino, status.st_size
    return mode, number, size, status.st_mtime_ns, status.st_ctime_ns


def _is_settings(path: str) -> bool:
    return os.path.basename(path) in FILES


def _shown(path: str) -> str:
    """A path as short as it is clear."""
    try:
        near = os.path.relpath(path)
    except (OSError, ValueError):
        near = path
    return safe(display(near if len(near) < len(path) else path))
