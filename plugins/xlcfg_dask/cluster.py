"""A cluster of dask workers as an engine.

Bytes go there and bytes come back: `xlcfg.many.wire.work`, by name, and a batch. As many batches
are on their way as keep the workers busy, and no more, so that memory does not grow with the run.

When a worker dies, dask gives its batches to others. A batch that several workers died over comes
back as lost; who asked takes it apart to find the file.
"""

from __future__ import annotations

import logging
import time
from importlib import import_module
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from xlcfg.core.engine import EngineError, WorkerLost
from xlcfg.many.wire import work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlcfg.core.engine import Batch

# Typed loosely: its types come with it, and it is not everywhere.
distributed: Any = import_module("distributed")
dask: Any = import_module("dask")

#: Seconds to find the scheduler in.
CONNECT = 10.0
#: Seconds to wait for a worker while there is none.
PATIENCE = 60.0
#: How many batches are on their way for each thread of a worker, and at most.
AHEAD = 3
MOST = 256
#: How many bytes are, unless one batch alone has more.
MOST_BYTES = 128 << 20
#: A batch with one large file in it is no large graph.
_SETTINGS = {"distributed.admin.large-graph-warning-threshold": "1GiB"}


class Cluster:
    """The engine behind `dask://HOST:PORT`."""

    batch_files = 64

    def __init__(self, host: str, port: int, patience: float = PATIENCE) -> None:
        self.name = f"dask://{host}:{port}"
        self.patience = patience
        # What goes wrong is reported in one line, not in the logs of a library.
        for logger in list(logging.root.manager.loggerDict):
            if logger.partition(".")[0] == "distributed":
                logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
        self._futures: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}
        # (number, future) as they are done; told by a thread of the client
        self._done: Queue[tuple[int, Any]] = Queue()
        self._run = uuid4().hex
        self._asked, self._ahead = float("-inf"), 2
        try:
            self._client = distributed.Client(
                f"tcp://{host}:{port}", timeout=CONNECT, set_as_default=False
            )
        except (OSError, ValueError) as error:
            text = "nothing answers there" if isinstance(error, OSError) else str(error)
            raise EngineError(f"--engine: {self.name}: no scheduler: {text}") from None

    def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, bytes | WorkerLost]]:
        """The batches with their answers, as they come. Raises EngineError."""
        with dask.config.set(_SETTINGS):
            for batch in batches:
                message = batch.encode()
                while self._futures and not self._room(len(message)):
                    yield self._next()
                self._submit(batch.number, message)
            while self._futures:
                yield self._next()

    def _submit(self, number: int, message: bytes) -> None:
        try:
            future = self._client.submit(
                work, message, key=f"xlcfg-{self._run}-{number}", pure=False
            )
        except (OSError, RuntimeError) as error:
            raise self._gone() from error
        self._futures[number] = future
        self._sizes[number] = len(message)
        future.add_done_callback(lambda done: self._done.put((number, done)))

    def _next(self) -> tuple[int, bytes | WorkerLost]:
        since: float | None = None
        while True:
            try:
                number, future = self._done.get(timeout=1.0)
                break
            except Empty:
                if self._client.status not in ("running", "connecting"):
                    raise self._gone() from None
                if self._threads():
                    since = None
                elif since is None:
                    since = time.monotonic()
                elif time.monotonic() - since > self.patience:
                    text = f"there has been no worker for {self.patience:g} seconds"
                    raise EngineError(f"--engine: {self.name}: {text}") from None
        self._futures.pop(number, None)
        self._sizes.pop(number, None)
        return number, self._answer(future)

    def _answer(self, future: Any) -> bytes | WorkerLost:
        try:
            answer = future.result(timeout=CONNECT)
        except distributed.scheduler.KilledWorker:
            # of this batch, or of another that the same workers had
            return WorkerLost("several dask workers, one after the other")
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("xlcfg"):
                text = f"a worker has no {error.name}; install the same xlcfg there"
                raise EngineError(f"--engine: {self.name}: {text}") from None
            return WorkerLost("an exception", mistake=True)
        except (distributed.CancelledError, TimeoutError, OSError):
            raise self._gone() from None
        except Exception:
            return WorkerLost("an exception", mistake=True)
        finally:
            future.release()
        return answer if isinstance(answer, bytes) else WorkerLost("an answer that is none")

    def _room(self, size: int) -> bool:
        """Whether a batch of so many bytes may go, too; workers may come and go meanwhile."""
        now = time.monotonic()
        if now > self._asked + 2.0:
            self._asked = now
            self._ahead = max(2, min(MOST, AHEAD * self._threads()))
        few = len(self._futures) < self._ahead
        return few and sum(self._sizes.values()) + size <= MOST_BYTES

    def _threads(self) -> int:
        """How many threads all workers have."""
        try:
            return sum(self._client.nthreads().values())
        except (OSError, AttributeError):
            return 0

    def _gone(self) -> EngineError:
        return EngineError(f"--engine: {self.name}: the scheduler is gone")

    def close(self) -> None:
        """Take back what is not done, and leave."""
        try:
            if self._futures:
                self._client.cancel(list(self._futures.values()), force=True)
            self._client.close(timeout=2)
        except Exception:  # whatever it is, the run is over
            pass
        self._futures.clear()
