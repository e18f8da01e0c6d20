"""How far a long run is, for whoever waits at a terminal."""

from __future__ import annotations

import sys
import time


class Progress:
    """One line on a terminal's standard error, once a run takes its time."""

    def __init__(self, verb: str, what: str) -> None:
        self.verb = verb
        self.what = what
        self.on = sys.stderr is not None and sys.stderr.isatty()
        self.next = time.monotonic() + 1.0
        self.shown = False

    def show(self, done: int, known: int) -> None:
        if not self.on:
            return
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + 0.1
        self.shown = True
        sys.stderr.write(f"\r{self.verb} {done} of {known} {self.what} so far")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
