"""Checks many files: asks the cache, and shares the rest between processes.

The parent reads every file, once, so that what is checked is what is shown even when a file
changes meanwhile. Workers are forked after the first file, with everything imported that a check
needs; they get bytes and give back packed reports, and hold nothing from one batch to the next.

A worker has one batch at a time. When it dies (out of memory, killed), the files of its batch are
given out again one by one; a file whose worker dies a second time is named in its report.
"""

from __future__ import annotations

import gc
import marshal
import os
import select
import signal
import struct
import sys
import time

from xlcfg.checking import FEW, check_any, check_item
from xlcfg.diagnostics import ERROR, Diagnostic
from xlcfg.packed import pack, unpack
from xlcfg.result import Report
from xlcfg.source import Source
from xlcfg.source.files import GUEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

    from xlcfg.cache import Cache
    from xlcfg.context import Context
    from xlcfg.source.files import Unreadable

#: A batch is full at so many files or bytes.
BATCH_FILES = 16
BATCH_BYTES = 1 << 20
#: How a worker ends that has met an exception.
FAILED = 70
_LENGTH = struct.Struct("<Q")


def check_many(
    first: list[Source | Unreadable],
    more: Iterable[Source | Unreadable],
    context: Context,
    jobs: int,
    folder: str | None,
) -> list[Report]:
    """The reports of all items, in their order.

    `jobs` is the number of worker processes, 0 for one per processor; `folder` that of the cache,
    "" for the usual one and None for no cache.
    """
    cache = None
    if folder is not None and len(first) > FEW:
        from xlcfg.cache import open_cache

        cache = open_cache(context, folder)
    run = _Run(context, jobs or cpus(), cache)
    try:
        for items in (first, more):
            for item in items:
                run.add(item)
        run.finish()
    finally:
        run.stop()
        if cache is not None:
            cache.close()
    return [report for reports in run.reports for report in reports]


def cpus() -> int:
    """How many processors this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


class _Worker:
    """A forked process: where to send batches, where answers come from, what it is at."""

    def __init__(self, pid: int, requests: int, answers: int) -> None:
        self.pid = pid
        self.requests = requests
        self.answers = answers
        self.batch: list[int] = []


class _Run:
    def __init__(self, context: Context, jobs: int, cache: Cache | None) -> None:
        self.context = context
        self.jobs = jobs if hasattr(os, "fork") else 1
        self.cache = cache
        #: of each input its reports, one per guest
        self.reports: list[list[Report]] = []
        self.digests: dict[int, bytes] = {}
        self.batch: list[int] = []
        self.batch_bytes = 0
        self.again: list[int] = []  # files of workers that died, to be tried alone
        self.tried: set[int] = set()
        self.workers: list[_Worker] = []
        self.failures: list[tuple[int, Any]] = []
        self.warm = False
        self.done = 0
        self.progress = _Progress()

    # ---- handing out ---------------------------------------------------------------------------

    def add(self, item: Source | Unreadable) -> None:
        """One more input."""
        index = len(self.reports)
        if not isinstance(item, Source) or item.kind != GUEST:
            # of a host's own files there are few
            self.reports.append(check_item(item, self.context))
            self.done += 1
            return
        if self.cache is not None:
            digest = self.cache.digest(item, self.salt(item))
            known = self.cache.get(digest, item)
            if known is not None:
                self.reports.append(self.read_later(known))
                self.done += 1
                return
            self.digests[index] = digest
        self.reports.append([Report(item)])
        if self.jobs < 2 or not self.warm:
            # The first file is checked here: it imports what every worker will need.
            self.here(index)
            self.warm = True
            return
        self.batch.append(index)
        self.batch_bytes += len(item.data)
        if len(self.batch) >= BATCH_FILES or self.batch_bytes >= BATCH_BYTES:
            self.send()

    def salt(self, source: Source) -> bytes:
        """What the settings of a file's project change about its findings."""
        own = self.context.of(source.path)
        return b"" if own is self.context else repr(own.settings()).encode()

    def read_later(self, reports: list[Report]) -> list[Report]:
        """Reports on guests, which are read again by whoever asks for one."""
        for report in reports:
            if report.policy is not None:
                report.read_again = self.context.of(report.source.path)
        return reports

    def here(self, index: int) -> None:
        """Check one file in this process."""
        before = len(self.context.hooks.failures)
        reports = check_any(self.source(index), self.context)
        # Unpacked again, a report is without the guest: of many files, nobody keeps all trees.
        self.take(index, [pack(report, fixes=self.context.fixes) for report in reports])
        failures = self.context.hooks.failures
        self.failures.extend((index, failure) for failure in failures[before:])
        del failures[before:]

    def source(self, index: int) -> Source:
        return self.reports[index][0].source

    def take(self, index: int, packed: list[Any]) -> None:
        """Note the outcome of one file."""
        source = self.source(index)
        self.reports[index] = self.read_later([unpack(one, source) for one in packed])
        digest = self.digests.pop(index, None)
        readable = not any(report.unreadable for report in self.reports[index])
        if digest is not None and self.cache is not None and readable:
            self.cache.put(digest, packed)
        self.done += 1
        self.progress.show(self.done, len(self.reports))

    def send(self) -> None:
        """Give the batch to a worker, waiting for one if all are busy."""
        batch, self.batch, self.batch_bytes = self.batch, [], 0
        self.give(batch)

    def give(self, batch: list[int]) -> None:
        while True:
            worker = next((w for w in self.workers if not w.batch), None)
            if worker is None and len(self.workers) < self.jobs:
                worker = self.start()
                if worker is None and not self.workers:
                    for index in batch:
                        self.here(index)
                    return
            if worker is None:
                self.wait()
                continue
            worker.batch = batch
            sources = [(i, self.source(i).path, self.source(i).data) for i in batch]
            try:
                _write(worker.requests, marshal.dumps(sources))
            except OSError:
                self.lost(worker)
            return

    def finish(self) -> None:
        """Wait for everything that has been given out."""
        if self.batch:
            self.send()
        while True:
            if self.again:
                self.give([self.again.pop(0)])
            elif any(worker.batch for worker in self.workers):
                self.wait()
            else:
                break
        seen = set()
        for _, failure in sorted(self.failures, key=lambda pair: pair[0]):
            # each worker notes the first failure of a rule; the run has one first
            rule = failure.hook.startswith("rule ")
            key = (failure.plugin, failure.hook, "" if rule else failure.error)
            if key not in seen:
                seen.add(key)
                self.context.hooks.failures.append(failure)

    # ---- workers -------------------------------------------------------------------------------

    def start(self) -> _Worker | None:
        """Fork a worker; None when the system has no room for one."""
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        if not self.workers:
            gc.freeze()
        take_in, requests = os.pipe()
        answers, give_out = os.pipe()
        try:
            pid = os.fork()
        except OSError:
            for fd in (take_in, requests, answers, give_out):
                os.close(fd)
            self.jobs = max(1, len(self.workers))
            return None
        if pid == 0:
            try:
                # Ctrl-C reaches the whole terminal; the parent alone decides what it means.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                # A worker lives until its parent closes the pipe: it must not hold a sibling's.
                siblings = [fd for w in self.workers for fd in (w.requests, w.answers)]
                for fd in (requests, answers, *siblings):
                    os.close(fd)
                _work(take_in, give_out, self.context)
            finally:
                os._exit(FAILED)
        os.close(take_in)
        os.close(give_out)
        worker = _Worker(pid, requests, answers)
        self.workers.append(worker)
        return worker

    def wait(self) -> None:
        """Take the answers that are there; sleeps until there is one."""
        busy = {worker.answers: worker for worker in self.workers if worker.batch}
        poll = select.poll()
        for fd in busy:
            poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll():
            worker = busy[fd]
            try:
                answer = _read(fd)
            except OSError:
                answer = None
            if answer is None:
                self.lost(worker)
                continue
            reports, failures = marshal.loads(answer)
            worker.batch = []
            for index, packed in reports:
                self.take(index, packed)
            from xlcfg.hooks import PluginFailure

            for index, plugin, hook, error in failures:
                self.failures.append((index, PluginFailure(plugin, hook, error)))

    def lost(self, worker: _Worker) -> None:
        """A worker is gone: what it had is done again, or named."""
        self.workers.remove(worker)
        os.close(worker.requests)
        os.close(worker.answers)
        _, status = os.waitpid(worker.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if len(worker.batch) == 1 and worker.batch[0] in self.tried:
            (index,) = worker.batch
            if code == FAILED:
                # a mistake of ours: it is to be seen as it would be without processes
                self.here(index)
                return
            report = Report(self.source(index))
            report.unreadable = True
            report.diagnostics.append(
                Diagnostic("IO010", ERROR, f"the process that checked this file died: {how}")
            )
            self.reports[index] = [report]
            self.digests.pop(index, None)
            self.done += 1
            return
        print(f"xlcfg: a worker process died ({how}); its files are checked again", file=sys.stderr)
        if len(worker.batch) == 1:
            self.tried.update(worker.batch)
        self.again.extend(worker.batch)

    def stop(self) -> None:
        """End all workers, busy or not."""
        self.progress.clear()
        while self.workers:
            worker = self.workers.pop()
            os.close(worker.requests)
            os.close(worker.answers)
            if worker.batch:
                os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)


def _work(take_in: int, give_out: int, context: Context) -> NoReturn:
    """What a worker does, until its parent has nothing more."""
    code = 0
    try:
        while (request := _read(take_in)) is not None:
            failures = context.hooks.failures
            reports = []
            failed: list[tuple[int, str, str, str]] = []
            for index, path, data in marshal.loads(request):
                failures.clear()
                try:
                    found = check_any(Source(path, data), context)
                except MemoryError:
                    report = Report(Source(path, data))
                    report.unreadable = True
                    report.diagnostics.append(
                        Diagnostic("IO010", ERROR, "not enough memory for this input")
                    )
                    found = [report]
                packed = [pack(report, fixes=context.fixes) for report in found]
                reports.append((index, packed))
                failed.extend((index, f.plugin, f.hook, f.error) for f in failures)
            _write(give_out, marshal.dumps((reports, failed)))
    except OSError:
        code = 1
    except Exception:
        code = FAILED
    finally:
        os._exit(code)


def _write(fd: int, message: bytes) -> None:
    view = memoryview(_LENGTH.pack(len(message)) + message)
    while view:
        view = view[os.write(fd, view) :]


def _read(fd: int) -> bytes | None:
    """One message, or None at the end of the pipe."""
    head = _exactly(fd, _LENGTH.size)
    return None if head is None else _exactly(fd, _LENGTH.unpack(head)[0])


def _exactly(fd: int, size: int) -> bytes | None:
    pieces = []
    while size:
        piece = os.read(fd, min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Progress:
    """One line on a terminal's standard error, once a run takes its time."""

    def __init__(self) -> None:
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
        sys.stderr.write(f"\rchecked {done} of {known} files so far")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
