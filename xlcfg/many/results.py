"""Checks many files: asks the cache, and gives the rest out to an engine.

The parent reads every file, once, so that what is checked is what is shown even when a file
changes meanwhile. Workers get bytes and give back reports as plain values. A file whose worker dies
a second time is named in its report.
"""

from __future__ import annotations

import os
from functools import partial

from xlcfg.checks.file import FEW, check_any, check_item
from xlcfg.checks.report import Report, unreadable
from xlcfg.core.engine import WorkerLost
from xlcfg.core.source import Source
from xlcfg.many.engine import connect, dispatch
from xlcfg.many.pool import Pool, cpus
from xlcfg.many.serialize import pack, unpack
from xlcfg.many.wire import Job
from xlcfg.source.kinds import GUEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol

    from xlcfg.checks.linter import Linter
    from xlcfg.core.engine import Engine, Item, Outcome
    from xlcfg.many.cache import Cache
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.source.paths import Unreadable

    class Progress(Protocol):
        """Shows how far a run is."""

        def show(self, done: int, known: int) -> None:
            """So many of the inputs known so far are done."""

        def clear(self) -> None:
            """The run is over."""


#: What is checked before workers are made when reading the inputs would start threads.
_SAMPLE = b'name = "sample"\nmemory = 512\n'
#: The cache is asked for so many inputs, or bytes of them, at once.
_AHEAD, _AHEAD_BYTES = 64, 1 << 20


def check_many(
    first: list[Source | Unreadable],
    more: Iterable[Source | Unreadable],
    linter: Linter,
    jobs: int,
    folder: str | None,
    progress: Progress,
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
        used = connect(engine, linter.hooks)
    elif (jobs or cpus()) > 1 and hasattr(os, "fork"):
        used = Pool(job, jobs or cpus())
        if early:
            sample = job.do([(0, "sample://", _SAMPLE)])  # no project holds for that
            # what plugins bring is looked at once; the workers have it from here
            refused = [f for f in sample.failures if f[2] in ("xlcfg_rules", "xlcfg_options")]
            used.start_all()
    run = _Run(job, used, cache, progress)
    run.warm = bool(engine) or early
    run.note(-1, refused)
    try:
        run.all(item for items in (first, more) for item in items)
    finally:
        progress.clear()
        if used is not None:
            used.close()
        if cache is not None:
            cache.close()
    return [report for reports in run.reports for report in reports]


def check_one(path: str, data: bytes | None, linter: Linter) -> list[Any]:
    """The reports on one file as plain values, in a worker."""
    source = Source(path, data or b"")
    source.kind = GUEST  # what is of another kind is checked where it was found
    try:
        found = check_any(source, linter)
    except MemoryError:
        found = [unreadable(source, "IO010", "not enough memory for this input")]
    return [pack(report, fixes=linter.target.fixes) for report in found]


class _Run:
    """The reports of a run, and what is on its way to become one."""

    def __init__(
        self, job: Job, engine: Engine | None, cache: Cache | None, progress: Progress
    ) -> None:
        self.job = job
        self.linter = job.linter
        self.engine = engine
        self.cache = cache
        self.progress = progress
        #: of each input its reports, one per guest
        self.reports: list[list[Report]] = []
        #: what those that are still to be checked are remembered by
        self.keys: dict[int, bytes] = {}
        self.failures: list[tuple[int, Any]] = []
        #: what reads guests again that are about a target
        self.readers: dict[int, Callable[[Source], list[Guest]]] = {}
        #: whether everything that workers need is imported
        self.warm = False
        self.done = 0

    def all(self, items: Iterable[Source | Unreadable]) -> None:
        """Check every item."""
        if self.engine is None:
            for index, _, _ in self.wanted(items):
                self.here(index)
        else:
            for outcome in dispatch(self.engine, self.job, self.wanted(items)):
                self.record(outcome)
        self.report_failures()

    def wanted(self, items: Iterable[Source | Unreadable]) -> Iterator[Item]:
        """The items that are still to be checked."""
        some: list[tuple[int, Source, Target]] = []
        size = 0
        for item in items:
            index = len(self.reports)
            if not isinstance(item, Source) or item.kind != GUEST:
                # of a host's own files there are few
                self.reports.append(check_item(item, self.linter))
                self.done += 1
                continue
            self.reports.append([])
            some.append((index, item, self.linter.target_for(item.file)))
            size += len(item.data)
            if self.cache is None or len(some) == _AHEAD or size >= _AHEAD_BYTES:
                yield from self.unknown(some)
                some, size = [], 0
        yield from self.unknown(some)

    def unknown(self, some: list[tuple[int, Source, Target]]) -> Iterator[Item]:
        """Those of some inputs that are not remembered."""
        if self.cache is not None:
            self.recall(self.cache, some)
        for index, source, _ in some:
            if not self.reports[index]:
                self.reports[index] = [Report(source)]
                if (self.warm or self.engine is None) and source.file == source.path:
                    yield index, source.path, source.data
                else:
                    # The first file is checked here: it imports what every worker will need. So is
                    # one whose name is shown otherwise: workers find no settings by what is shown.
                    self.here(index)
                    self.warm = True

    def recall(self, cache: Cache, some: list[tuple[int, Source, Target]]) -> None:
        """Take what is remembered of some inputs; note the keys of the others."""
        asked = [(cache.key(source, about), source) for _, source, about in some]
        for (index, _, about), (key, _), known in zip(some, asked, cache.find(asked), strict=True):
            if known is None:
                self.keys[index] = key
            else:
                self.reports[index] = self.read_later(known, about)
                self.done += 1

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
        """Note the reports on one file."""
        source = self.source(index)
        reports = [unpack(one, source) for one in packed]
        self.reports[index] = self.read_later(reports, self.linter.target_for(source.file))
        key = self.keys.pop(index, b"")
        readable = not any(report.unreadable for report in reports)
        if key and self.cache is not None and readable:
            self.cache.put(key, packed)
        self.done += 1
        self.progress.show(self.done, len(self.reports))

    def record(self, outcome: Outcome) -> None:
        """Note what came back of one file."""
        index, result, failures = outcome
        if not isinstance(result, WorkerLost):
            self.take(index, result)
        elif result.mistake:
            # a mistake of ours: it is to be seen as it would be without processes
            self.here(index)
        else:
            text = f"the process that checked this file died: {result.how}"
            self.reports[index] = [unreadable(self.source(index), "IO010", text)]
            self.keys.pop(index, None)
            self.done += 1
        self.note(index, failures)

    def note(self, index: int, failures: Iterable[tuple[Any, ...]]) -> None:
        """Note what plugins did wrong at a file; -1 is before the first."""
        for _, *failure in failures:
            from xlcfg.hooks.failures import PluginFailure

            self.failures.append((index, PluginFailure(*failure)))

    def report_failures(self) -> None:
        """Hand over what plugins did wrong, in order, once each."""
        seen = set()
        for _, failure in sorted(self.failures, key=lambda pair: pair[0]):
            # each worker notes the first failure of a rule; the run has one first
            rule = failure.hook.startswith("rule ")
            key = (failure.plugin, failure.hook, "" if rule else failure.error)
            if key not in seen:
                seen.add(key)
                self.linter.hooks.failures.append(failure)

    def read_later(self, reports: list[Report], target: Target) -> list[Report]:
        """Reports on guests, which are read again by whoever asks for one."""
        for report in reports:
            if report.policy is not None:
                reader = self.readers.get(id(target))
                if reader is None:
                    # it holds the target, so that no other has its id
                    reader = partial(self.linter.read_guests, target=target)
                    self.readers[id(target)] = reader
                report.reread = reader
        return reports
