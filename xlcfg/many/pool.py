"""Checks many files: asks the cache, and shares the rest between processes.

The parent reads every file, once, so that what is checked is what is shown even when a file
changes meanwhile. Workers are forked after the first file, with everything imported that a check
needs; they get bytes and give back packed reports, and hold nothing from one batch to the next.

The processes are one engine of several (`xlcfg.many.engine`): a worker has one batch at a time, and
when it dies (out of memory, killed), the files of its batch are given out again one by one; a file
whose worker dies a second time is named in its report.
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

from xlcfg.checks.file import FEW, check_any, check_item
from xlcfg.checks.report import Report, unreadable
from xlcfg.core.source import Source
from xlcfg.many.engine import Answer, Job, Lost, spread
from xlcfg.many.packed import pack, unpack
from xlcfg.source.files import GUEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn

    from xlcfg.checks.linter import Linter
    from xlcfg.many.cache import Cache
    from xlcfg.many.engine import Batch, Engine, Outcome
    from xlcfg.model.guest import Guest
    from xlcfg.source.files import Unreadable

#: How a worker ends that has met an exception.
FAILED = 70
_LENGTH = struct.Struct("<Q")
#: What is checked before workers are made when reading the inputs would start threads.
_SAMPLE = b'name = "sample"\nmemory = 512\n'


def check_many(
    first: list[Source | Unreadable],
    more: Iterable[Source | Unreadable],
    linter: Linter,
    jobs: int,
    folder: str | None,
    *,
    engine: str = "",
    early: bool = False,
) -> list[Report]:
    """The reports of all items, in their order.

    `jobs` is the number of worker processes, 0 for one per processor; `folder` that of the cache,
    "" for the usual one and None for no cache. `engine` is the URL of another engine than the
    processes of this machine. `early` makes the processes before the first item is read, for items
    that are read by threads. Raises EngineError.
    """
    cache = None
    if folder is not None and (len(first) > FEW or early or engine):
        from xlcfg.many.cache import open_cache

        cache = open_cache(linter, folder)
    job = Job("check", linter)
    used: Engine | None = None
    refused: list[Any] = []
    if engine:
        from xlcfg.many.engine import connect

        used = connect(engine, linter.hooks)
    elif (jobs or cpus()) > 1 and hasattr(os, "fork"):
        used = Pool(job, jobs or cpus())
        if early:
            sample = job.do([(0, "sample://", _SAMPLE)])  # no project holds for that
            # what plugins bring is looked at once; the workers have it from here
            refused = [f for f in sample.failures if f[2] in ("xlcfg_rules", "xlcfg_options")]
            used.start_all()
    run = _Run(job, used, cache)
    run.warm = bool(engine) or early
    run.note(-1, refused)
    try:
        run.all(item for items in (first, more) for item in items)
    finally:
        run.progress.clear()
        if used is not None:
            used.close()
        if cache is not None:
            cache.close()
    return [report for reports in run.reports for report in reports]


def check_one(path: str, data: bytes | None, linter: Linter) -> list[Any]:
    """The packed reports on one file, in a worker."""
    source = Source(path, data or b"")
    try:
        found = check_any(source, linter)
    except MemoryError:
        found = [unreadable(source, "IO010", "not enough memory for this input")]
    return [pack(report, fixes=linter.target.fixes) for report in found]


def cpus() -> int:
    """How many processors this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


class _Run:
    """The reports of a run, and what is on its way to become one."""

    def __init__(self, job: Job, engine: Engine | None, cache: Cache | None) -> None:
        self.job = job
        self.linter = job.linter
        self.engine = engine
        self.cache = cache
        #: of each input its reports, one per guest
        self.reports: list[list[Report]] = []
        self.digests: dict[int, bytes] = {}
        self.failures: list[tuple[int, Any]] = []
        self.warm = False
        self.done = 0
        self.progress = Progress("checked", "files")

    def all(self, items: Iterable[Source | Unreadable]) -> None:
        """Check every item."""
        wanted = (
            (index, self.source(index).path, self.source(index).data)
            for index in map(self.add, items)
            if index is not None
        )
        if self.engine is None:
            for index, _, _ in wanted:
                self.here(index)
        else:
            for outcome in spread(self.engine, self.job, wanted):
                self.settle(outcome)
        self.tell_failures()

    def add(self, item: Source | Unreadable) -> int | None:
        """One more input; its index if it is still to be checked."""
        index = len(self.reports)
        if not isinstance(item, Source) or item.kind != GUEST:
            # of a host's own files there are few
            self.reports.append(check_item(item, self.linter))
            self.done += 1
            return None
        if self.cache is not None:
            digest = self.cache.digest(item, self.salt(item))
            known = self.cache.get(digest, item)
            if known is not None:
                self.reports.append(self.read_later(known))
                self.done += 1
                return None
            self.digests[index] = digest
        self.reports.append([Report(item)])
        if not self.warm and self.engine is not None:
            # The first file is checked here: it imports what every worker will need.
            self.here(index)
            self.warm = True
            return None
        return index

    def salt(self, source: Source) -> bytes:
        """What the settings of a file's project change about its findings."""
        own = self.linter.target_for(source.path)
        return b"" if own is self.linter.target else repr(own.key()).encode()

    def read_later(self, reports: list[Report]) -> list[Report]:
        """Reports on guests, which are read again by whoever asks for one."""
        for report in reports:
            if report.policy is not None:
                report.reread = self.reread
        return reports

    def reread(self, source: Source) -> list[Guest]:
        """The guests of a source, read anew."""
        return self.linter.read_guests(source, self.linter.target_for(source.path))

    def here(self, index: int) -> None:
        """Check one file in this process."""
        before = len(self.linter.hooks.failures)
        reports = check_any(self.source(index), self.linter)
        # Unpacked again, a report is without the guest: of many files, nobody keeps all trees.
        self.take(index, [pack(report, fixes=self.linter.target.fixes) for report in reports])
        failures = self.linter.hooks.failures
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

    def settle(self, outcome: Outcome) -> None:
        """Note what came back of one file."""
        index, result, failures = outcome
        if not isinstance(result, Lost):
            self.take(index, result)
        elif result.mistake:
            # a mistake of ours: it is to be seen as it would be without processes
            self.here(index)
        else:
            said = f"the process that checked this file died: {result.how}"
            self.reports[index] = [unreadable(self.source(index), "IO010", said)]
            self.digests.pop(index, None)
            self.done += 1
        self.note(index, failures)

    def note(self, index: int, failures: Iterable[tuple[int, str, str, str]]) -> None:
        """Note what plugins did wrong at a file; -1 is before the first."""
        for _, plugin, hook, error in failures:
            from xlcfg.hooks.failures import PluginFailure

            self.failures.append((index, PluginFailure(plugin, hook, error)))

    def tell_failures(self) -> None:
        """Hand over what plugins did wrong, in order, once each."""
        seen = set()
        for _, failure in sorted(self.failures, key=lambda pair: pair[0]):
            # each worker notes the first failure of a rule; the run has one first
            rule = failure.hook.startswith("rule ")
            key = (failure.plugin, failure.hook, "" if rule else failure.error)
            if key not in seen:
                seen.add(key)
                self.linter.hooks.failures.append(failure)


class _Worker:
    """A forked process: where to send batches, where answers come from, what it is at."""

    def __init__(self, pid: int, requests: int, answers: int) -> None:
        self.pid = pid
        self.requests = requests
        self.answers = answers
        self.batch: Batch | None = None


class Pool:
    """The engine of one machine: forked processes, made as they are needed."""

    def __init__(self, job: Job, jobs: int, batch_files: int = 16) -> None:
        self.job = job
        self.jobs = jobs
        self.batch_files = batch_files
        self.workers: list[_Worker] = []

    def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, Answer | Lost]]:
        """The batches with their answers, as they come."""
        for batch in batches:
            while True:
                worker = next((w for w in self.workers if w.batch is None), None)
                if worker is None and len(self.workers) < self.jobs:
                    worker = self.start()
                    if worker is None and not self.workers:
                        yield batch.number, self.job.do(batch.items)
                        break
                if worker is None:
                    yield from self.wait()
                    continue
                worker.batch = batch
                try:
                    _write(worker.requests, marshal.dumps(batch.items))
                except OSError:
                    yield batch.number, self.lost(worker)
                break
        while any(worker.batch is not None for worker in self.workers):
            yield from self.wait()

    def start_all(self) -> None:
        """Make all processes now."""
        while len(self.workers) < self.jobs and self.start() is not None:
            pass

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
                _work(take_in, give_out, self.job)
            finally:
                os._exit(FAILED)
        os.close(take_in)
        os.close(give_out)
        worker = _Worker(pid, requests, answers)
        self.workers.append(worker)
        return worker

    def wait(self) -> Iterator[tuple[int, Answer | Lost]]:
        """The answers that are there; sleeps until there is one."""
        busy = {worker.answers: worker for worker in self.workers if worker.batch is not None}
        poll = select.poll()
        for fd in busy:
            poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll():
            worker = busy[fd]
            batch = worker.batch
            assert batch is not None
            try:
                answer = _read(fd)
            except OSError:
                answer = None
            if answer is None:
                yield batch.number, self.lost(worker)
                continue
            worker.batch = None
            yield batch.number, Answer(*marshal.loads(answer))

    def lost(self, worker: _Worker) -> Lost:
        """A worker is gone: how."""
        self.workers.remove(worker)
        os.close(worker.requests)
        os.close(worker.answers)
        _, status = os.waitpid(worker.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Lost(how, mistake=code == FAILED)

    def close(self) -> None:
        """End all workers, busy or not."""
        while self.workers:
            worker = self.workers.pop()
            os.close(worker.requests)
            os.close(worker.answers)
            if worker.batch is not None:
                os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)


def _work(take_in: int, give_out: int, job: Job) -> NoReturn:
    """What a worker does, until its parent has nothing more."""
    code = 0
    try:
        while (request := _read(take_in)) is not None:
            _write(give_out, marshal.dumps(tuple(job.do(marshal.loads(request)))))
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
