"""Where the work of a long run is done, and what travels there.

An engine takes batches and gives their answers back in any order. The processes of this machine
(`xlcfg.many.pool`) are one; `--engine URL` asks plugins for others. Whatever the engine, `spread`
sees to it that every item has exactly one outcome: what a lost batch held is given out again one
by one, then each that is lost once more while nothing else is done, and only then it is named.

To another machine go bytes: a line of JSON that says what the run is about (`describe`, never
pickled objects), and behind it the inputs. `work` is all that a worker has to call.
"""

from __future__ import annotations

import sys
from collections import namedtuple
from itertools import islice

from xlcfg.core.errors import SettingsError
from xlcfg.model.target import FIELDS
from xlcfg.source.files import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol

    from xlcfg.checks.linter import Linter
    from xlcfg.hooks import Hooks
    from xlcfg.model.target import Target

    class Engine(Protocol):
        """What `xlcfg_engine` of a plugin answers."""

        #: how many items a batch should have
        batch_files: int

        def map(self, batches: Iterable[Batch]) -> Iterator[tuple[int, Answer | bytes | Lost]]:
            """The number of each batch with its answer, in any order.

            `batches` is read as far as there is room for more; reading it reads files. An engine
            on other machines has `work(batch.encode())` called there, and gives back the bytes it
            returned, or `Lost` when the worker did not survive. Raises EngineError.
            """

        def close(self) -> None:
            """End everything, also what has been given out and is not done."""


#: A batch is full at so many bytes.
BATCH_BYTES = 1 << 20

#: The outcomes of a batch: `results` as (index, plain values), and what plugins did wrong as
#: (index, plugin, hook, error).
Answer = namedtuple("Answer", ("results", "failures"))

#: What becomes of one item: its `index`, its `result` in plain values or `Lost`, and `failures`
#: as above.
Outcome = namedtuple("Outcome", ("index", "result", "failures"))

#: kind of work -> module and function that does it for a path, its bytes and a linter
_KINDS = {
    "check": ("xlcfg.many.pool", "check_one"),
    "verdict": ("xlcfg.traces.verdict", "judge"),
}


class EngineError(SettingsError):
    """An engine that cannot be had, or is gone; the message is for people, on one line."""


class Lost:
    """A batch without an answer: `how` its worker ended; `mistake`: by an exception of ours."""

    __slots__ = ("how", "mistake")

    def __init__(self, how: str, *, mistake: bool = False) -> None:
        self.how = how
        self.mistake = mistake


class Job:
    """What is to be done with every item: a kind of work, and what the run is about."""

    __slots__ = ("_do", "kind", "linter")

    def __init__(self, kind: str, linter: Linter) -> None:
        self.kind = kind
        self.linter = linter
        self._do: Callable[[str, bytes | None, Linter], Any] | None = None

    def do(self, items: Iterable[tuple[int, str, bytes | None]]) -> Answer:
        """The outcomes of some items, worked out in this process."""
        if self._do is None:
            from importlib import import_module

            module, name = _KINDS[self.kind]
            self._do = getattr(import_module(module), name)
        assert self._do is not None
        failures = self.linter.hooks.failures
        results = []
        failed: list[tuple[int, str, str, str]] = []
        for index, path, data in items:
            before = len(failures)
            results.append((index, self._do(path, data, self.linter)))
            if len(failures) > before:
                failed.extend((index, f.plugin, f.hook, f.error) for f in failures[before:])
                del failures[before:]
        return Answer(results, failed)


class Batch:
    """Some items of a job: (index, path as shown, bytes or None for a file that is read there)."""

    __slots__ = ("items", "job", "number")

    def __init__(self, number: int, job: Job, items: list[tuple[int, str, bytes | None]]) -> None:
        self.number = number
        self.job = job
        self.items = items

    def encode(self) -> bytes:
        """The batch as bytes for `work`. Raises EngineError for a run that cannot be described."""
        import json

        from xlcfg import __version__

        targets: list[Any] = []
        known: dict[int, int] = {}
        heads = []
        for index, path, data in self.items:
            own = self.job.linter.target_for(path)
            if id(own) not in known:
                known[id(own)] = len(targets)
                targets.append(describe(own, self.job.linter.hooks))
            heads.append([index, path, len(data or b""), known[id(own)]])
        head = {
            "xlcfg": __version__,
            "kind": self.job.kind,
            "targets": targets,
            "items": heads,
        }
        text = json.dumps(head, separators=(",", ":")).encode()
        return b"".join((text, b"\n", *(data or b"" for _, _, data in self.items)))


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


def spread(
    engine: Engine, job: Job, items: Iterable[tuple[int, str, bytes | None]]
) -> Iterator[Outcome]:
    """The outcome of every item, as they come; each once, whatever becomes of workers.

    Raises EngineError.
    """
    given: dict[int, Batch] = {}
    again: list[tuple[int, str, bytes | None]] = []
    count = 0

    def batches(source: Iterable[tuple[int, str, bytes | None]], files: int) -> Iterator[Batch]:
        nonlocal count
        held: list[tuple[int, str, bytes | None]] = []
        size = 0
        for item in source:
            held.append(item)
            size += len(item[2] or b"")
            if len(held) >= files or size >= BATCH_BYTES:
                count += 1
                given[count] = Batch(count, job, held)
                yield given[count]
                held, size = [], 0
        if held:
            count += 1
            given[count] = Batch(count, job, held)
            yield given[count]

    def settle(batch: Batch, answer: Answer | bytes | Lost, last: bool) -> Iterator[Outcome]:
        wanted = {item[0]: item for item in batch.items}
        if isinstance(answer, bytes):
            answer = _decode(answer)
        if isinstance(answer, Lost):
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
            lost = Lost("without an answer")
        if last:
            yield from (Outcome(index, lost, ()) for index in wanted)
            return
        said = f"a worker process died ({lost.how}); its files are checked again"
        print(f"xlcfg: {said}", file=sys.stderr)
        again.extend(wanted.values())

    def round_of(
        source: Iterable[tuple[int, str, bytes | None]], files: int, last: bool = False
    ) -> Iterator[Outcome]:
        for number, answer in engine.map(batches(source, files)):
            batch = given.pop(number, None)
            if batch is not None:
                yield from settle(batch, answer, last)
        for batch in list(given.values()):
            yield from settle(batch, Lost("without an answer"), last)
        given.clear()

    yield from round_of(items, engine.batch_files)
    doubtful, again = again, []
    if doubtful:
        yield from round_of(doubtful, 1)
    for item in again:
        # An engine may blame for a worker's end whatever that worker had: now it has one thing.
        yield from round_of([item], 1, last=True)


# ---- what travels ------------------------------------------------------------------------------


def describe(target: Target, hooks: Hooks) -> dict[str, Any]:
    """What a check is about and who takes part, for JSON. EngineError for what JSON cannot hold."""
    if target.key() is None and target.host is None:
        raise EngineError("--engine: what this run is about cannot be sent to other machines")
    told = {name: getattr(target, name) for name in FIELDS}
    host, selection, boot = target.host, target.selection, target.boot
    if boot is not None:
        told["boot"] = [boot.source.path, boot.source.text, boot.where]
    if host is not None:
        told["host"] = {name: getattr(host, name) for name in host.__slots__}
    if selection is not None:
        told["selection"] = [selection.select, selection.ignore, selection.extend]
    return {"target": told, "plugins": hooks.plugins}


def _linter(told: dict[str, Any]) -> Linter:
    """The linter that `describe` was asked about. Raises `_Refused`."""
    from xlcfg.checks.linter import Linter
    from xlcfg.core.selection import CodeSelection
    from xlcfg.core.source import Source
    from xlcfg.hooks import Hooks
    from xlcfg.model.target import Target
    from xlcfg.model.xl import Host
    from xlcfg.syntax.cmdline import Boot

    wanted = [tuple(plugin) for plugin in told["plugins"]]
    hooks = Hooks(plugins=bool(wanted), only=[name for name, _ in wanted])
    for name, version in wanted:
        if (name, version) not in hooks.plugins:
            raise _Refused(f"has no plugin {name} {version}".rstrip())
    if hooks.failures:
        failure = hooks.failures[0]
        raise _Refused(f"cannot load plugin {failure.plugin}: {failure.error}")
    fields = {name: _tuples(value) for name, value in told["target"].items()}
    if fields["boot"] is not None:
        path, text, where = fields["boot"]
        fields["boot"] = boot = Boot(Source(path, text.encode("latin-1")))
        boot.where = where
    if fields["host"] is not None:
        fields["host"] = Host(**{k: _tuples(v) for k, v in fields["host"].items()})
    if fields["selection"] is not None:
        fields["selection"] = CodeSelection(*map(_tuples, fields["selection"]))
    return Linter(Target(**fields), hooks)


def _tuples(value: Any) -> Any:
    """Lists of JSON as the tuples they were."""
    return tuple(value) if isinstance(value, list) else value


class _Refused(Exception):
    """Why a worker does not take a batch."""


#: The jobs of a worker by what was told of them; a worker has few in its life.
_jobs: dict[str, Job] = {}
_MOST_JOBS = 16
_lock: Any = None


def work(message: bytes) -> bytes:
    """What a worker on another machine does with a batch: the answer, as bytes.

    A worker whose xlcfg is another version, or that lacks a plugin, refuses; that is an answer.
    """
    import json
    import threading

    global _lock
    if _lock is None:
        _lock = threading.Lock()
    head, _, body = message.partition(b"\n")
    told = json.loads(head)
    # A run's state is not made for threads, of which a worker may have several.
    with _lock:
        try:
            answer: dict[str, Any] = _work(told, body)
        except _Refused as refused:
            import platform

            answer = {"refused": f"the worker on {platform.node()} {refused}"}
    return json.dumps(answer, separators=(",", ":")).encode()


def _work(told: dict[str, Any], body: bytes) -> dict[str, Any]:
    import json

    from xlcfg import __version__

    if told["xlcfg"] != __version__:
        raise _Refused(f"has xlcfg {__version__}, this is {told['xlcfg']}")
    jobs = []
    for about in told["targets"]:
        key = json.dumps([told["kind"], about])
        if key not in _jobs:
            for old in list(islice(_jobs, max(0, len(_jobs) - _MOST_JOBS + 1))):
                del _jobs[old]
            _jobs[key] = Job(told["kind"], _linter(about))
        jobs.append(_jobs[key])
    results: list[Any] = []
    failures: list[Any] = []
    at = 0
    for index, path, length, own in told["items"]:
        done = jobs[own].do([(index, path, body[at : at + length])])
        at += length
        results += done.results
        failures += done.failures
    return {"results": results, "failures": failures}


def _decode(answer: bytes) -> Answer:
    """What `work` returned. Raises EngineError when the worker refused, or it is nothing such."""
    import json

    try:
        told = json.loads(answer)
        if "refused" in told:
            raise EngineError(f"--engine: {told['refused']}")
        return Answer(
            [(index, result) for index, result in told["results"]],
            [(index, plugin, hook, error) for index, plugin, hook, error in told["failures"]],
        )
    except (ValueError, TypeError, KeyError):
        raise EngineError("--engine: an answer is not what xlcfg's workers give") from None
