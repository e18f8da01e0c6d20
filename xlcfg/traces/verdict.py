"""Many traces, both policies: who is safe under which, and who breaks when a default flips."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from xlcfg.core.screen import json_text, markdown, width
from xlcfg.core.screen import safe as printable
from xlcfg.emulator import Replay
from xlcfg.emulator.harm import HARMS, Harm, harm_of
from xlcfg.rules.replay import impact, reasons
from xlcfg.source.opening import open_plain, walk
from xlcfg.source.paths import Once, display, is_url, reason

if TYPE_CHECKING:
    from xlcfg.checks.linter import Linter
    from xlcfg.core.engine import Engine
    from xlcfg.emulator.comparing import Comparison
    from xlcfg.many.wire import Job
    from xlcfg.source.shard import Shard

#: What becomes of a guest under a policy, best first.
OUTCOMES = ("no area", "safe", *HARMS)

#: What a change of the policy does to a guest.
EFFECTS = ("breaks", "mends", "alike", "broken either way")

#: The version of the JSON form; 2 has `effects`, and counts per vCPU.
VERSION = 2

_POLICIES = ("update", "hypercall")

#: The architectures that a Xen is built for, each with one default, and those of its guests.
_BUILDS = {"Arm": ("arm64", "arm32"), "x86": ("x86_64", "x86_32")}

#: Kinds of work: rows, and rows with pictures.
PLAIN, DRAWN = "verdict", "verdict-drawn"

#: Files that a directory is searched for.
SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.xz")


@dataclass(slots=True)
class Row:
    """One trace: what becomes of the guest under each policy, and the shortest explanation."""

    path: str
    arch: str
    guest: str
    hypervisor: str
    update: str
    hypercall: str
    why: list[str]
    distinguishable: bool
    #: By vCPU that registers an area: its number, and the counts of `Harm` under each policy.
    vcpus: list[dict[str, Any]]
    #: What a page shows (`xlcfg.report.picture`), if that was asked for.
    picture: dict[str, Any] | None = None

    def harms(self, policy: str) -> list[Harm]:
        """What a policy does to each vCPU."""
        return [Harm(**vcpu[policy]) for vcpu in self.vcpus]

    def worse(self, policy: str) -> bool:
        """Whether a vCPU is worse off under `policy` than under the other."""
        ours, theirs = self.harms(policy), self.harms(_other(policy))
        return any(one.compared() > two.compared() for one, two in zip(ours, theirs, strict=True))

    def effect(self, policy: str) -> str:
        """What changing the policy to `policy` does to this guest: one of EFFECTS.

        A guest of which one vCPU is worse off breaks, whatever becomes of the others.
        """
        if self.worse(policy):
            return "breaks"
        if self.worse(_other(policy)):
            return "mends"
        return "alike" if getattr(self, policy) in ("no area", "safe") else "broken either way"


@dataclass(slots=True)
class Table:
    """All rows, and what could not be replayed as `(path, reason)`."""

    rows: list[Row] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    #: the part of a longer list that was replayed; None for all of it
    shard: Shard | None = None

    @property
    def exit_code(self) -> int:
        """0; 2 when a trace could not be read. Breaking guests are the answer, not a failure."""
        return 2 if self.unreadable else 0

    def breaks(self, arch: str, policy: str) -> list[Row]:
        """The guests of an architecture that are worse off under `policy` than under the other."""
        return self.effected(arch, policy, "breaks")

    def effected(self, arch: str, policy: str, effect: str) -> list[Row]:
        """The guests of an architecture to which changing the policy to `policy` does that."""
        return [row for row in self.rows if row.arch == arch and row.effect(policy) == effect]


def _other(policy: str) -> str:
    return "update" if policy == "hypercall" else "hypercall"


def state(replay: Replay) -> str:
    """One of OUTCOMES for a replay."""
    if not replay.total("registered"):
        return "no area"
    return impact(replay) or "safe"


#: Traces of more bytes are replayed here, not sent to other machines.
TRAVELS = 64 * 1024 * 1024


def gather(
    paths: Iterable[str],
    linter: Linter,
    *,
    jobs: int = 1,
    shard: Shard | None = None,
    engine: str = "",
    domain: int | None = None,
    pictures: bool = False,
) -> Table:
    """Replay every trace under both policies: files, directories, URLs.

    `jobs` is the number of processes, 0 for one per processor; `engine` the URL of what replays
    instead, `domain` the one of recordings that hold several. `shard` leaves out the traces of
    other parts, `pictures` adds what a page shows. Progress goes to stderr when that is a
    terminal. Raises EngineError.
    """
    from xlcfg.many.wire import Job

    paths = list(paths)
    judged: dict[int, Any] = {}
    # what travels to workers does not say a domain: then it is done here
    job = Job(DRAWN if pictures else PLAIN, linter)
    used = _engine(paths, job, jobs, engine) if domain is None else None
    try:
        once = Once()
        new = (file for file in _files(paths) if once.is_new(_path_of(file)))
        files = [file for file in new if shard is None or shard.has(_path_of(file))]
        _judge_all(files, job, used, bool(engine), judged, domain)
    finally:
        if used is not None:
            used.close()
    table = Table(shard=shard)
    for index in sorted(judged):
        values = judged[index]
        if len(values) == 2:
            table.unreadable.append((values[0], values[1]))
        else:
            table.rows.append(Row(*values))
    return table


def _engine(paths: list[str], job: Job, jobs: int, url: str) -> Engine | None:
    if url:
        from xlcfg.many.engine import connect

        return connect(url, job.linter.hooks)
    from xlcfg.many.pool import Pool, cpus

    jobs = jobs or cpus()
    if jobs < 2 or not hasattr(os, "fork") or (len(paths) == 1 and not _holds_many(paths[0])):
        return None
    import xlcfg.traces.replaying  # noqa: F401 - once, for all processes

    pool = Pool(job, jobs, batch_files=1)
    if any(map(is_url, paths)):
        # threads read what is on other machines; there must be none yet when processes are forked
        pool.start_all()
    return pool


def _holds_many(path: str) -> bool:
    return path.endswith("/") if is_url(path) else os.path.isdir(path)


def _judge_all(
    files: list[str | tuple[str, str]],
    job: Job,
    engine: Engine | None,
    elsewhere: bool,
    judged: dict[int, Any],
    domain: int | None,
) -> None:
    """Put what becomes of each file into `judged`, by its place."""
    from xlcfg.core.engine import WorkerLost
    from xlcfg.many.engine import dispatch
    from xlcfg.report.progress import Progress

    progress = Progress("replayed", "traces")
    linter, drawn = job.linter, job.kind == DRAWN

    def wanted() -> Iterator[tuple[int, str, bytes | None]]:
        for index, path in enumerate(files):
            if isinstance(path, tuple):
                judged[index] = list(path)
                continue
            data = _load(path) if elsewhere else None
            if engine is None or (elsewhere and data is None):
                judged[index] = judge(path, None, linter, domain, drawn=drawn)
                progress.show(len(judged), len(files))
            else:
                yield index, path, data

    try:
        if engine is None:
            for _ in wanted():
                pass
        else:
            for outcome in dispatch(engine, job, wanted()):
                values = outcome.result
                if isinstance(values, WorkerLost):
                    path = _path_of(files[outcome.index])
                    if values.mistake:
                        values = judge(path, None, linter, drawn=drawn)
                    else:
                        died = f"the process that replayed it died: {values.how}"
                        values = [display(path), died]
                judged[outcome.index] = values
                progress.show(len(judged), len(files))
    finally:
        progress.clear()


def _load(path: str) -> bytes | None:
    """The bytes of a trace that is to be sent; None for one that cannot be."""
    try:
        if is_url(path):
            from xlcfg.source.remote import take

            data = take(path, TRAVELS + 1)
        else:
            with open_plain(path) as file:
                if os.fstat(file.fileno()).st_size > TRAVELS:
                    return None
                data = file.read(TRAVELS + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= TRAVELS else None


def judge(
    path: str,
    data: bytes | None,
    linter: Linter,
    domain: int | None = None,
    *,
    drawn: bool = False,
) -> list[Any]:
    """What becomes of the guest of one trace: the values of a `Row`, or path and why there is none.

    `data` is the trace where it has no path here; `drawn` adds the picture.
    """
    from io import BytesIO

    from xlcfg.traces.replaying import replay_report

    stream = None if data is None else BytesIO(data)
    try:
        report = replay_report(path, linter, both=True, drawn=drawn, stream=stream, domain=domain)
    except MemoryError:
        return [display(path), "not enough memory for this trace"]
    shown = report.source.path
    if report.replay is None:
        found = report.diagnostics[0]
        choose = f"; {found.help}" if found.help and "--domain" in found.help else ""
        return [shown, found.message + choose]
    incomplete = report.replay.incomplete
    if incomplete is not None and incomplete.areas_unknown:
        return [shown, incomplete.verdict]
    return row_values(shown, report.replay.outcome, report.replay.picture)


def judge_drawn(path: str, data: bytes | None, linter: Linter) -> list[Any]:
    """`judge`, with the picture."""
    return judge(path, data, linter, drawn=True)


def row_values(path: str, compared: Comparison, picture: dict[str, Any] | None) -> list[Any]:
    """The values of a `Row` for a trace that was replayed under both policies."""
    header = compared.update.header
    return [
        path,
        header.arch,
        header.guest,
        header.hypervisor or "",
        state(compared.update),
        state(compared.hypercall),
        [text if line is None else f"line {line}: {text}" for text, line in reasons(compared)],
        compared.distinguishable,
        [
            {
                "vcpu": one.index,
                "update": harm_of(one)._asdict(),
                "hypercall": harm_of(two)._asdict(),
            }
            for one, two in zip(compared.update.vcpus, compared.hypercall.vcpus, strict=True)
            if one.registered or two.registered
        ],
        picture,
    ]


def _path_of(file: str | tuple[str, str]) -> str:
    return file if isinstance(file, str) else file[0]


def _files(paths: Iterable[str]) -> Iterator[str | tuple[str, str]]:
    """The traces; for what cannot be listed, its path and why."""
    for path in paths:
        if is_url(path):
            from xlcfg.source.remote import RemoteError, trace_urls

            try:
                yield from trace_urls(path, SUFFIXES)
            except RemoteError as error:
                yield display(path), f"cannot be read: {error}"
        elif os.path.isdir(path):
            found = False
            closed: list[OSError] = []
            for root, names, _ in walk(path, closed.append):
                for name in names:
                    if name.endswith(SUFFIXES):
                        found = True
                        yield os.path.join(root, name)
            for problem in closed:
                yield display(str(problem.filename)), f"cannot be read: {reason(problem)}"
            if not found and not closed:
                yield display(path), "no boot trace is in this directory"
        else:
            yield path


def render(table: Table, form: str) -> str:
    """The table as "text" (80 columns), "markdown" or "json"."""
    if form == "json":
        return json_text(json.dumps(to_json(table), indent=2)) + "\n"
    lines = _markdown(table) if form == "markdown" else _text(table)
    return "\n".join(lines) + "\n"


def to_json(table: Table) -> dict[str, Any]:
    """The table as `schema/verdict.schema.json` has it."""
    document = {
        "version": VERSION,
        "traces": [
            {
                "path": r.path,
                "arch": r.arch,
                "guest": r.guest,
                "hypervisor": r.hypervisor,
                "update": r.update,
                "hypercall": r.hypercall,
                "distinguishable": r.distinguishable,
                "why": r.why,
                "vcpus": r.vcpus,
            }
            for r in table.rows
        ],
        "totals": {p: _totals(table, p) for p in ("update", "hypercall")},
        "breaks": {
            arch: {p: [r.path for r in table.breaks(arch, p)] for p in ("update", "hypercall")}
            for arch in _arches(table)
        },
        "effects": {
            arch: {
                p: {
                    effect.replace(" ", "_"): [r.path for r in table.effected(arch, p, effect)]
                    for effect in EFFECTS
                }
                for p in _POLICIES
            }
            for arch in _arches(table)
        },
        "unreadable": [{"path": path, "reason": why} for path, why in table.unreadable],
    }
    if table.shard is not None:
        from xlcfg.report.shard import places

        shown = [row.path for row in table.rows] + [path for path, _ in table.unreadable]
        document["shard"] = places(table.shard, shown)
    return document


def from_json(document: dict[str, Any]) -> Table:
    """The table of a JSON document. Raises KeyError, TypeError, ValueError for what is none."""
    names = (
        "path",
        "arch",
        "guest",
        "hypervisor",
        "update",
        "hypercall",
        "why",
        "distinguishable",
        "vcpus",
    )
    rows = [Row(*(trace[name] for name in names)) for trace in document["traces"]]
    for row in rows:
        if not {row.update, row.hypercall} <= set(OUTCOMES):
            raise ValueError(f"{row.path}: no such outcome")
        for policy in _POLICIES:
            row.effect(policy)
    unreadable = [(entry["path"], entry["reason"]) for entry in document["unreadable"]]
    return Table(rows, unreadable)


def _totals(table: Table, policy: str) -> dict[str, int]:
    words = [getattr(row, policy) for row in table.rows]
    return {word: words.count(word) for word in OUTCOMES if word in words}


def _arches(table: Table) -> list[str]:
    return sorted({row.arch for row in table.rows})


def _text(table: Table) -> list[str]:
    if not table.rows:
        return [*_not_replayed(table, printable), "No trace was replayed."]
    lines = [f"{'trace':<49} {'update':<14} {'hypercall':<14}".rstrip()]
    for row in table.rows:
        name = printable(row.path)
        if width(name) > 49:
            name = "..." + name[-46:]
        lines.append(f"{name:<49} {row.update:<14} {row.hypercall:<14}".rstrip())
    lines.extend(("", *_summary(table, printable)))
    return lines


def _markdown(table: Table) -> list[str]:
    lines = ["| trace | guest | update | hypercall |", "|---|---|---|---|"]
    lines.extend(
        f"| {markdown(r.path)} | {markdown(f'{r.arch} {r.guest}')} | {r.update} | {r.hypercall} |"
        for r in table.rows
    )
    lines.extend(("", *_summary(table, markdown)))
    return lines


def _summary(table: Table, show: Any) -> list[str]:
    """What a maintainer wants to know of an ABI change, ready for a mail."""
    lines = []
    for policy in ("update", "hypercall"):
        totals = ", ".join(f"{n} {word}" for word, n in _totals(table, policy).items())
        lines.append(f"Under {policy}: {totals or 'nothing replayed'}.")
    flips = sentences(table)
    lines += ["", *flips] if flips else []
    for arch in _arches(table):
        for policy in ("hypercall", "update"):
            lines += ["", *_change(table, arch, policy, show)]
    lines.extend(_not_replayed(table, show))
    return lines


def _not_replayed(table: Table, show: Any) -> list[str]:
    return [f"not replayed: {show(path)}: {show(why)}" for path, why in table.unreadable]


def sentences(table: Table) -> list[str]:
    """What flipping the default to `hypercall` does, a sentence for each of Xen's architectures."""
    found = []
    for name, arches in _BUILDS.items():
        rows = [row for row in table.rows if row.arch in arches]
        if not rows:
            continue
        effects = [row.effect("hypercall") for row in rows]
        broken, mended, alike, either = (effects.count(effect) for effect in EFFECTS)
        tail = f"; {either} {'is' if either == 1 else 'are'} broken either way" if either else ""
        found.append(
            f"Flipping {name}'s default to hypercall breaks {broken}, mends {mended}, "
            f"leaves {alike} alone{tail}."
        )
    return found


def _change(table: Table, arch: str, policy: str, show: Any) -> list[str]:
    """What changing an architecture's default to `policy` does to whom."""
    number = sum(row.arch == arch for row in table.rows)
    groups = {effect: table.effected(arch, policy, effect) for effect in EFFECTS}
    broken, mended, alike, either = (groups[effect] for effect in EFFECTS)
    change = f"{arch}: changing the default from {_other(policy)} to {policy}"
    colon = ":" if broken else "."
    word = "trace" if number == 1 else "traces"
    lines = [f"{change} breaks {len(broken) or 'none'} of {number} {word}{colon}"]
    for row in broken:
        lines += _changed(row, policy, policy, show)
    lines.append(f"  It mends {len(mended)}{':' if mended else ','}")
    for row in mended:
        lines += _changed(row, policy, _other(policy), show)
    untold = sum(not row.distinguishable for row in either)
    told = f" ({untold} of them cannot tell the policies apart)" if untold else ""
    lines.append(f"  leaves {len(alike)} alone that no policy harms,")
    lines.append(f"  and {len(either)} broken either way{told}{':' if either else '.'}")
    for row in either:
        lines.append(f"    {show(row.path)}: {row.update}")
    silent = sum(not row.distinguishable for row in table.rows if row.arch == arch)
    if silent:
        lines.append(f"  {silent} of {number} cannot tell the policies apart.")
    return lines


def _changed(row: Row, policy: str, told: str, show: Any) -> list[str]:
    """A guest that fares otherwise under `policy`, and what is found under the policy `told`."""
    before, after = getattr(row, _other(policy)), getattr(row, policy)
    if before == after:
        before, after = (f"{word} ({_amount(row, p)})" for word, p in (
            (before, _other(policy)), (after, policy)
        ))  # fmt: skip
    lines = [f"  {show(row.path)}: {before} -> {after}"]
    for text in row.why:
        if f"{told}: " in text:
            lines += wrap(show(text), 78, initial_indent="    ", subsequent_indent="      ")
    return lines


def _amount(row: Row, policy: str) -> str:
    """How much a policy harms a guest, in words."""
    harms = row.harms(policy)
    overwriting = sum(harm.overwriting for harm in harms)
    arrived = sum(harm.arrived for harm in harms)
    over = f"{overwriting} overwrite other memory, " if overwriting else ""
    return f"{over}{arrived} updates arrive"
