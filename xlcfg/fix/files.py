"""Puts new texts where the old ones were: into their files, on standard output, or into a diff."""

from __future__ import annotations

import os
import sys

from xlcfg.core.replace import WriteError, replace_file
from xlcfg.core.screen import log_line, safe
from xlcfg.fix.diff import unified
from xlcfg.source.paths import STDIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source


#: Set where standard output is the log of a CI server.
LOGS = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD")


class Output:
    """Where new texts go. With `diff` nothing is changed, only shown.

    `changed` counts the files that were changed, or would be, `fixes` the fixes in them; `failed`
    the files that could not be written, which has been said on standard error then. `stdin` is
    what standard input is called.
    """

    def __init__(self, *, diff: bool = False, check: bool = False, stdin: str = STDIN) -> None:
        self.stdin = stdin
        self.diff = diff
        self.check = check
        self.changed = 0
        self.fixes = 0
        self.failed = 0
        self._seen: set[str] = set()

    def put(self, source: Source, new: bytes, fixes: int = 0) -> bool:
        """Put `new` in place of a source; whether that is done, or would be.

        A file that was given twice is done once. What came from standard input goes to standard
        output, changed or not, unless it is to be shown or counted only.
        """
        only_shown = self.diff or self.check
        if source.path == self.stdin and not source.origin and not only_shown:
            if self.stdin in self._seen:  # it holds several guests
                return True
            self._seen.add(self.stdin)
            write_out(new)
            self.changed += new != source.data
            self.fixes += fixes
            return True
        if new == source.data:
            return True
        if source.origin:
            real = os.path.realpath(source.origin)
            if real in self._seen:
                return True
            self._seen.add(real)
        if self.diff:
            self._show(source, new)
        elif not self.check:
            try:
                if not source.origin:
                    raise WriteError("cannot be written: it is not a plain file")
                replace_file(source.origin, source.data, new)
            except WriteError as error:
                self.failed += 1
                print(f"xlcfg: {safe(source.path)}: {error}", file=sys.stderr)
                return False
        self.changed += 1
        self.fixes += fixes
        return True

    def _show(self, source: Source, new: bytes) -> None:
        text = unified(source.path, source.data, new)
        if sys.stdout.isatty() or any(os.environ.get(name) for name in LOGS):
            # A terminal must not obey what is in a file, nor a server that shows the log.
            shown = safe if sys.stdout.isatty() else log_line
            for line in text.decode("utf-8", "surrogateescape").split("\n")[:-1]:
                write_out(shown(line).encode("utf-8", "surrogateescape") + b"\n")
        else:
            write_out(text)


def write_out(data: bytes) -> None:
    """Bytes to standard output, as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
