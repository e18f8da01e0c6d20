"""Gives out the work of a long run, and sees to it that every item has exactly one outcome.

The processes of this machine (`xlcfg.many.pool`) are one engine; `--engine URL` asks plugins for
others. Whatever the engine, what a lost batch held is given out again one by one, then each that
is lost once more while nothing else is done, and only then it is named.
"""

from __future__ import annotations

import sys

from xlcfg.core.engine import Answer, EngineError, Outcome, WorkerLost
from xlcfg.many.wire import Batch, decode
from xlcfg.source.paths import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from xlcfg.core.engine import Engine, Item
    from xlcfg.hooks import Hooks
    from xlcfg.many.wire import Job

#: A batch is full at so many bytes.
BATCH_BYTES = 1 << 20


def connect(url: str, hooks: Hooks) -> Engine:
    """The engine that a URL stands for. Raises EngineError."""
    before = len(hooks.failures)
    engine: Engine | None = hooks.first("xlcfg_engine", url=url)
    if engine is None:
        shown = display(url)
        why = [f"plugin {f.plugin}: {f.error}" for f in hooks.failures[before:]]
        known = "dask://HOST:PORT is built in, and plugins may add others"
        raise EngineError(f"--engine: {'; '.join(why) or f'nobody knows {shown!r}: {known}'}")
    return engine


def dispatch(engine: Engine, job: Job, items: Iterable[Item]) -> Iterator[Outcome]:
    """The outcome of every item, as they come; each once, whatever becomes of workers.

    Raises EngineError.
    """
    yield from _Dispatcher(engine, job).run(items)


class _Dispatcher:
    """What has been given out, and what was lost and is to be given out again."""

    def __init__(self, engine: Engine, job: Job) -> None:
        self.engine = engine
        self.job = job
        self.given: dict[int, Batch] = {}
        self.again: list[Item] = []
        self.count = 0

    def run(self, items: Iterable[Item]) -> Iterator[Outcome]:
        yield from self.give_out(items, self.engine.batch_files)
        doubtful, self.again = self.again, []
        if doubtful:
            yield from self.give_out(doubtful, 1)
        for item in self.again:
            # An engine may blame for a worker's end whatever that worker had: now it has one thing.
            yield from self.give_out([item], 1, last=True)

    def give_out(
        self, items: Iterable[Item], files: int, *, last: bool = False
    ) -> Iterator[Outcome]:
        """Outcomes of all items but those that are lost, which are named when this is the last."""
        for number, answer in self.engine.map(self.batches(items, files)):
            batch = self.given.pop(number, None)
            if batch is not None:
                yield from self.record(batch, answer, last)
        for batch in list(self.given.values()):
            yield from self.record(batch, WorkerLost("without an answer"), last)
        self.given.clear()

    def batches(self, items: Iterable[Item], files: int) -> Iterator[Batch]:
        held: list[Item] = []
        size = 0
        for item in items:
            held.append(item)
            size += len(item[2] or b"")
            if len(held) >= files or size >= BATCH_BYTES:
                yield self.batch(held)
                held, size = [], 0
        if held:
            yield self.batch(held)

    def batch(self, items: list[Item]) -> Batch:
        self.count += 1
        batch = self.given[self.count] = Batch(self.count, self.job, items)
        return batch

    def record(
        self, batch: Batch, answer: Answer | bytes | WorkerLost, last: bool
    ) -> Iterator[Outcome]:
        """The outcomes that an answer holds; what it lacks is lost."""
        wanted = {item[0]: item for item in batch.items}
        if isinstance(answer, bytes):
            answer = decode(answer)
        if isinstance(answer, WorkerLost):
            lost = answer
        else:
            failures: dict[int, list[Any]] = {}
            for failure in answer.failures:
                failures.setdefault(failure[0], []).append(failure)
            for index, result in answer.results:
                if wanted.pop(index, None) is not None:
                    yield Outcome(index, result, failures.get(index, ()))
            if not wanted:
                return
            lost = WorkerLost("without an answer")
        if last:
            yield from (Outcome(index, lost, ()) for index in wanted)
            return
        text = f"a worker process died ({lost.how}); its files are checked again"
        print(f"xlcfg: {text}", file=sys.stderr)
        self.again.extend(wanted.values())
