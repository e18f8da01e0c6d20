"""What travels between a run and its workers.

To another machine go bytes: a line of JSON that says what the run is about (`describe`, never
pickled objects), and behind it the inputs. `work` is all that a worker has to call.
"""

from __future__ import annotations

from itertools import islice

from xlcfg.core.engine import Answer, EngineError
from xlcfg.model.target import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from xlcfg.checks.linter import Linter
    from xlcfg.core.engine import Item
    from xlcfg.hooks import Hooks
    from xlcfg.model.target import Target

#: kind of work -> module and function that does it for a path, its bytes and a linter; by name,
#: because workers on other machines are told the kind, and because those modules use this one
_KINDS = {
    "check": ("xlcfg.many.results", "check_one"),
    "verdict": ("xlcfg.traces.verdict", "judge"),
    "verdict-drawn": ("xlcfg.traces.verdict", "judge_drawn"),
}


class Job:
    """What is to be done with every item: a kind of work, and what the run is about."""

    __slots__ = ("_do", "kind", "linter")

    def __init__(self, kind: str, linter: Linter) -> None:
        self.kind = kind
        self.linter = linter
        self._do: Callable[[str, bytes | None, Linter], Any] | None = None

    def do(self, items: Iterable[Item]) -> Answer:
        """The outcomes of some items, worked out in this process."""
        if self._do is None:
            from xlcfg.core import load_module

            module, name = _KINDS[self.kind]
            self._do = getattr(load_module(module), name)
        assert self._do is not None
        failures = self.linter.hooks.failures
        results = []
        failed: list[tuple[Any, ...]] = []
        for index, path, data in items:
            before = len(failures)
            results.append((index, self._do(path, data, self.linter)))
            if len(failures) > before:
                failed.extend((index, *failure) for failure in failures[before:])
                del failures[before:]
        return Answer(results, failed)


class Batch:
    """Some items of a job: (index, path as shown, bytes or None for a file that is read there)."""

    __slots__ = ("items", "job", "number")

    def __init__(self, number: int, job: Job, items: list[Item]) -> None:
        self.number = number
        self.job = job
        self.items = items

    def encode(self) -> bytes:
        """The batch as bytes for `work`. Raises EngineError for a run that cannot be described."""
        import json

        from xlcfg.core import version

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
            "xlcfg": version.VERSION,
            "kind": self.job.kind,
            "targets": targets,
            "items": heads,
        }
        text = json.dumps(head, separators=(",", ":")).encode()
        return b"".join((text, b"\n", *(data or b"" for _, _, data in self.items)))


def describe(target: Target, hooks: Hooks) -> dict[str, Any]:
    """What a check is about and who takes part, for JSON. EngineError for what JSON cannot hold."""
    if target.key() is None and target.host is None:
        raise EngineError("--engine: what this run is about cannot be sent to other machines")
    fields = {name: getattr(target, name) for name in FIELDS}
    host, selection, boot = target.host, target.selection, target.boot
    if boot is not None:
        fields["boot"] = [boot.source.path, boot.source.text, boot.where]
    if target.board is not None:
        fields["board"] = [target.board.path, target.board.text]
    if host is not None:
        fields["host"] = {name: getattr(host, name) for name in host.__slots__}
    if selection is not None:
        fields["selection"] = [selection.select, selection.ignore, selection.extend]
    return {"target": fields, "plugins": hooks.plugins}


def linter_for(described: dict[str, Any]) -> Linter:
    """The linter that `describe` was asked about. Raises `_Refused`."""
    from xlcfg.checks.linter import Linter
    from xlcfg.core.host import Host
    from xlcfg.core.selection import CodeSelection
    from xlcfg.core.source import Source
    from xlcfg.hooks import Hooks
    from xlcfg.model.target import Target
    from xlcfg.syntax.cmdline import Boot

    wanted = [tuple(plugin) for plugin in described["plugins"]]
    hooks = Hooks(plugins=bool(wanted), only=[name for name, _ in wanted])
    for name, version in wanted:
        if (name, version) not in hooks.plugins:
            raise _Refused(f"has no plugin {name} {version}".rstrip())
    if hooks.failures:
        failure = hooks.failures[0]
        raise _Refused(f"cannot load plugin {failure.plugin}: {failure.error}")
    fields = {name: _tuples(value) for name, value in described["target"].items()}
    if fields["boot"] is not None:
        path, text, where = fields["boot"]
        fields["boot"] = boot = Boot(Source(path, text.encode("latin-1")))
        boot.where = where
    if fields["board"] is not None:
        path, text = fields["board"]
        fields["board"] = Source(path, text.encode("latin-1"))
    if fields["host"] is not None:
        fields["host"] = Host(**{k: _tuples(v) for k, v in fields["host"].items()})
    if fields["selection"] is not None:
        fields["selection"] = CodeSelection(*map(_tuples, fields["selection"]))
    return Linter(Target(**fields), hooks)


def _tuples(value: Any) -> Any:
    """Lists of JSON as the tuples they were, those inside them too."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


class _Refused(Exception):
    """Why a worker does not take a batch."""


#: The jobs of a worker by how they are described; a worker has few in its life.
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
    described = json.loads(head)
    # A run's state is not made for threads, of which a worker may have several.
    with _lock:
        try:
            answer: dict[str, Any] = _work(described, body)
        except _Refused as refused:
            import platform

            answer = {"refused": f"the worker on {platform.node()} {refused}"}
    return json.dumps(answer, separators=(",", ":")).encode()


def _work(described: dict[str, Any], body: bytes) -> dict[str, Any]:
    import json

    from xlcfg.core import version

    if described["xlcfg"] != version.VERSION:
        raise _Refused(f"has xlcfg {version.VERSION}, this is {described['xlcfg']}")
    jobs = []
    for about in described["targets"]:
        key = json.dumps([described["kind"], about])
        if key not in _jobs:
            for old in list(islice(_jobs, max(0, len(_jobs) - _MOST_JOBS + 1))):
                del _jobs[old]
            _jobs[key] = Job(described["kind"], linter_for(about))
        jobs.append(_jobs[key])
    results: list[Any] = []
    failures: list[Any] = []
    at = 0
    for index, path, length, own in described["items"]:
        done = jobs[own].do([(index, path, body[at : at + length])])
        at += length
        results += done.results
        failures += done.failures
    return {"results": results, "failures": failures}


def decode(answer: bytes) -> Answer:
    """What `work` returned. Raises EngineError when the worker refused, or it is nothing such."""
    import json

    try:
        reply = json.loads(answer)
        if "refused" in reply:
            raise EngineError(f"--engine: {reply['refused']}")
        return Answer(
            [(index, result) for index, result in reply["results"]],
            [(index, *failure) for index, *failure in reply["failures"]],
        )
    except (ValueError, TypeError, KeyError):
        raise EngineError("--engine: an answer is not what xlcfg's workers give") from None
