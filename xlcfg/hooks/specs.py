"""The hooks of xlcfg: everything a plugin can say, and what built-in behaviour says through them.

A plugin is a module or object with functions of these names, found through the entry-point group
`xlcfg`.  The name alone marks a function as a hook implementation, as in pytest; it may take any
subset of the arguments.  For `firstresult` hooks the first answer that is not None is taken,
plugins before built-ins; all others collect every answer.

A plugin that raises, or answers with something else than is said here, is reported by name
(code PL001) and the run goes on without that answer.

The hooks come in the order of a run: contribute, read, decide, report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from xlcfg.checks.report import Result
    from xlcfg.core.conversion import Conversion
    from xlcfg.core.engine import Engine
    from xlcfg.core.policy import Vote
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.rules.protocol import Rule

#: The version of this set of hooks. A plugin states the one it was written for as a module
#: attribute `XLCFG_API`; another major number is refused with a message, none is taken as 1.
API_VERSION = 1

hookspec = pluggy.HookspecMarker("xlcfg")


@hookspec
def xlcfg_options(target: Target) -> Iterable[Any]:
    """Contribute options that the catalogue of Xen's releases does not have.

    target: what the run is about: release and architecture.
    Returns `xlcfg.catalogue.GuestOption` and `BootParameter` objects.  An option that clashes with
    one of Xen's own is refused.
    """
    raise NotImplementedError


@hookspec
def xlcfg_rules() -> Iterable[Rule]:
    """Contribute rules.

    Returns objects (modules, usually) with CODE, NAME, SUMMARY and `check(guest)`; see
    `xlcfg.rules.protocol.Rule`.  A code that is already taken is refused.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def xlcfg_read_config(source: Source, target: Target) -> Guest | list[Guest] | None:
    """Read the guests of a source, or None when it is not of this plugin's kind.

    source: the bytes and their path.  target: release, architecture, boot command line.
    Returns a guest, or a list of one or more for a file that holds several.  A guest's document has
    settings by xl's names, with places in `source`; a document whose problems have codes `IO...`
    says that the file cannot be read.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def xlcfg_convert(guest: Guest, to: str, target: Target) -> Conversion | None:
    """Write a guest in the form of another toolstack.

    guest: any guest that was read.  to: the name of the toolstack.  target: release and
    architecture.
    Returns an `xlcfg.core.conversion.Conversion`: the text, and what of the guest it cannot say;
    None when `to` is not written here.
    """
    raise NotImplementedError


@hookspec
def xlcfg_targets() -> Iterable[str]:
    """Name the toolstacks that `xlcfg_convert` of this plugin writes, for `--to`."""
    raise NotImplementedError


@hookspec(firstresult=True)
def xlcfg_read_trace(path: str, domain: int | None) -> Iterable[str] | None:
    """Read a recording of another form as a boot trace.

    path: the file.  domain: the one asked for, where a recording holds several.  Returns the lines
    of a boot trace, version 1 (header first), or None when the file is not of this plugin's kind.
    Lines are taken one at a time.  What the recording cannot tell is said in the header's `lacks`
    (docs/plugins/recordings.md).  The answer may have a method `info()` for `xlcfg trace info`.
    """
    raise NotImplementedError


@hookspec
def xlcfg_models() -> Iterable[Any]:
    """Contribute models of hypervisors for the emulator.

    Returns mappings of the shape of `xlcfg/emulator/data/models.json`, or `xlcfg.emulator.Model`
    objects.  `xlcfg replay --model NAME` chooses one; without it the trace's header chooses among
    those that fit its guest, built-in ones first.  A name that is taken is refused.
    """
    raise NotImplementedError


@hookspec
def xlcfg_policy(guest: Guest | None, target: Target) -> Iterable[Vote] | Vote | None:
    """Say which runstate translation policy somebody wants.

    guest: the guest in question, None when only the host is asked about.  target: its boot
    command line and architecture.  Returns votes.  The guest's file decides, then the boot line,
    then toolstacks, then the architecture.  A plugin is a toolstack: its votes count there whatever
    level they name, in the order in which plugins are asked.
    `Vote.for_guest(policy, origin, text)` is what a toolstack sets for this guest alone: it beats
    the boot line, and the file beats it.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def xlcfg_engine(url: str) -> Engine | None:
    """Do the work of a run over many files somewhere else, for `--engine URL`.

    url: as given, such as "dask://scheduler:8786".  Returns an `xlcfg.core.engine.Engine`, or None
    when the URL is not of this plugin's kind.  An engine has `batch_files`, how many files a batch
    should have; `map(batches)`, which takes `xlcfg.many.wire.Batch` objects as it has room for
    them and yields for each its `number` and its answer, in any order; and `close()`.  The answer
    is what `xlcfg.many.wire.work(batch.encode())` returns when it is called in a worker, bytes to
    bytes, or a `WorkerLost` when the worker died.  Files of a lost batch are given out again one by
    one.  `EngineError` ends the run with its message.  Both are in `xlcfg.core.engine`.
    """
    raise NotImplementedError


@hookspec
def xlcfg_machines() -> Mapping[str, Callable[[Any], Any]]:
    """Bring machines to record from, for `xlcfg record --machine NAME`.

    Returns a mapping of names to functions.  A function takes an `xlcfg.record.machine.Request`,
    boots what it names, stops before the first instruction, and returns an
    `xlcfg.record.machine.Machine`: a gdbstub, the memory, and the console.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def xlcfg_report(result: Result, format: str) -> str | None:  # noqa: A002 - its name on the CLI
    """Render a finished run.

    result: every finding with its source.  format: the name given to `--format`.  Returns the
    text to print, or None when the format is not known here.
    """
    raise NotImplementedError


@hookspec
def xlcfg_formats() -> Iterable[str]:
    """Name the formats that `xlcfg_report` of this plugin renders, for `--format`."""
    raise NotImplementedError


#: hook name -> what an answer must be an instance of, as a check that costs nothing to import
SHAPES: dict[str, Callable[[Any], bool]] = {
    "xlcfg_options": lambda v: _all(v, "name", "kind"),
    "xlcfg_rules": lambda v: _all(v, "CODE", "NAME", "SUMMARY"),
    "xlcfg_read_config": lambda v: bool(v) and _guests(v if isinstance(v, list) else [v]),
    "xlcfg_convert": lambda v: hasattr(v, "text") and hasattr(v, "losses"),
    "xlcfg_targets": lambda v: all(isinstance(name, str) for name in v),
    "xlcfg_read_trace": lambda v: hasattr(v, "__iter__") and not isinstance(v, str | bytes),
    "xlcfg_models": lambda v: isinstance(v, list | tuple),
    "xlcfg_policy": lambda v: _votes(v if isinstance(v, list | tuple) else [v]),
    "xlcfg_engine": lambda v: all(hasattr(v, n) for n in ("map", "close", "batch_files")),
    "xlcfg_machines": lambda v: (
        hasattr(v, "items") and all(isinstance(n, str) and callable(boot) for n, boot in v.items())
    ),
    "xlcfg_report": lambda v: isinstance(v, str),
    "xlcfg_formats": lambda v: all(isinstance(name, str) for name in v),
}


def _all(values: Any, *attributes: str) -> bool:
    return isinstance(values, list | tuple) and all(
        hasattr(value, name) for value in values for name in attributes
    )


def _votes(votes: Iterable[Any]) -> bool:
    from xlcfg.core.policy import DEFAULT, LEVELS, POLICIES, Vote

    return all(
        isinstance(vote, Vote)
        and vote.policy in (*POLICIES, DEFAULT)
        and vote.level in LEVELS
        and all(isinstance(text, str) for text in (vote.origin, vote.text, vote.where))
        for vote in votes
    )


def _guests(guests: Iterable[Any]) -> bool:
    from xlcfg.model.guest import Guest

    return all(isinstance(guest, Guest) for guest in guests)
