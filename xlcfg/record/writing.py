"""Writes a boot trace while it is being seen.

Some members of an event are known only later: whether an update arrived, what a hypercall
returned. Such an event is held, and all that follow it, until it is complete; everything before
goes to a spool in the folder of the output. The header is known at the end, and then the trace
appears at its place, complete or not at all.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import tempfile
from collections import Counter, deque
from contextlib import nullcontext
from errno import EISDIR
from pathlib import Path
from typing import Any

from xlcfg.record.errors import RecordError

Event = dict[str, Any]


class Writer:
    """Collects events in the order of time. `size` is what has been written, in bytes."""

    def __init__(self, output: str | os.PathLike[str]) -> None:
        self.output = Path(output)
        # a file appears when it is complete; standard output and devices are written to as they are
        self._whole = str(output) != "-" and (self.output.is_file() or not self.output.exists())
        folder = None
        try:
            if self._whole:
                self.output = self.output.resolve()
                folder = self.output.parent
            elif self.output.is_dir():
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
            self._spool = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        except OSError as error:
            why = error.strerror or str(error)
            raise RecordError(f"-o: {output}: {why.lower()}") from None
        self._held: deque[Event] = deque()
        self._open: set[int] = set()
        self.counts: Counter[str] = Counter()
        self.size = 0

    def add(self, ev: str, *, held: bool = False, **members: Any) -> Event:
        """An event; a held one can be changed until it is given to `complete` or `drop`."""
        event: Event = {"ev": ev, **members}
        self._held.append(event)
        if held:
            self._open.add(id(event))
        else:
            self._settle()
        self.counts[ev] += 1
        return event

    def complete(self, event: Event) -> None:
        """The event has all its members."""
        self._open.discard(id(event))
        self._settle()

    def drop(self, event: Event) -> None:
        """The event did not happen after all. It is held."""
        self.counts[event["ev"]] -= 1
        event.clear()
        self.complete(event)

    def _settle(self) -> None:
        while self._held and id(self._held[0]) not in self._open:
            event = self._held.popleft()
            if event:
                line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
                self.size += len(line)
                self._spool.write(line)

    def finish(self, header: dict[str, Any], notes: list[str], columns: bool = False) -> None:
        """Write the trace: gzip if the name says so, in columns if asked for. Raises OSError."""
        self._open.clear()
        self._settle()
        lines = [header, *({"ev": "note", "text": text} for text in notes)]
        head = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
        if not self._whole:
            standard = str(self.output) == "-"
            with nullcontext(sys.stdout.buffer) if standard else self.output.open("wb") as out:
                self._write(head, out, columns)
                out.flush()
            self._spool.close()
            return
        half = self.output.with_name(self.output.name + ".partial")
        try:
            with half.open("wb") as out:
                self._write(head, out, columns)
            os.replace(half, self.output)
        finally:
            half.unlink(missing_ok=True)
            self._spool.close()

    def _write(self, head: bytes, out: Any, columns: bool) -> None:
        if columns:
            self._columns(head, out)
        elif self.output.name.endswith(".gz"):
            with gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
                self._copy(head, packed)
        else:
            self._copy(head, out)

    def close(self) -> None:
        """Forget what has not been written."""
        self._spool.close()

    def _copy(self, head: bytes, out: Any) -> None:
        out.write(head)
        self._spool.seek(0)
        shutil.copyfileobj(self._spool, out)

    def _columns(self, head: bytes, out: Any) -> None:
        from xlcfg.emulator import Reader
        from xlcfg.emulator.columns_writer import pack

        with tempfile.TemporaryFile(dir=self.output.parent if self._whole else None) as plain:
            self._copy(head, plain)
            plain.seek(0)
            with Reader(plain) as reader:
                for piece in pack(reader):
                    out.write(piece)
