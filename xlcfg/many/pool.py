"""The processes of this machine, as an engine.

Workers are forked after the first file, with everything imported that a check needs; they get bytes
and give back reports as plain values, and hold nothing from one batch to the next. A worker has one
batch at a time.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys

from xlcfg.core.engine import Answer, WorkerLost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import NoReturn

    from xlcfg.core.engine import Batch
    from xlcfg.many.wire import Job

#: How a worker ends that has met an exception.
FAILED = 70
#: The length of a message takes so many bytes.
_LENGTH = 8


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
        self.batch: Batch | None = None


class Pool:
    """The engine of one machine: forked processes, made as they are needed."""

    def __init__(self, job: Job, jobs: int, batch_files: int = 16) -> None:
        self.job = job
        self.jobs = jobs
        self.batch_files = batch_files
        self.workers: list[_Worker] = []

    def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, Answer | WorkerLost]]:
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
        import signal

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

    def wait(self) -> Iterator[tuple[int, Answer | WorkerLost]]:
        """The answers that are there; sleeps until there is one."""
        import select

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

    def lost(self, worker: _Worker) -> WorkerLost:
        """A worker is gone: how."""
        self.workers.remove(worker)
        os.close(worker.requests)
        os.close(worker.answers)
        _, status = os.waitpid(worker.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return WorkerLost(how, mistake=code == FAILED)

    def close(self) -> None:
        """End all workers, busy or not."""
        if not self.workers:
            return
        import signal

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
    view = memoryview(len(message).to_bytes(_LENGTH, "little") + message)
    while view:
        view = view[os.write(fd, view) :]


def _read(fd: int) -> bytes | None:
    """One message, or None at the end of the pipe."""
    head = _exactly(fd, _LENGTH)
    return None if head is None else _exactly(fd, int.from_bytes(head, "little"))


def _exactly(fd: int, size: int) -> bytes | None:
    pieces = []
    while size:
        piece = os.read(fd, min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
