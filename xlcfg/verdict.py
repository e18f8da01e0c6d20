"""Many traces, both policies: who is safe under which, and who breaks when a default flips."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from xlcfg.emulator import Replay
from xlcfg.report.screen import safe as printable
from xlcfg.report.screen import width

if TYPE_CHECKING:
    from xlcfg.context import Context

#: What becomes of a guest under a policy, best first.
WORDS = ("no area", "safe", "loses updates", "refused", "corrupts")

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


@dataclass(slots=True)
class Table:
    """All rows, and what could not be replayed as `(path, reason)`."""

    rows: list[Row] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0; 2 when a trace could not be read. Breaking guests are the answer, not a failure."""
        return 2 if self.unreadable else 0

    def breaks(self, arch: str, policy: str) -> list[Row]:
        """The guests of an architecture that are worse off under `policy` than under the other."""
        return [
            row
            for row in self.rows
            if row.arch == arch
            and _rank(getattr(row, policy)) > _rank(getattr(row, _other(policy)))
        ]


def _other(policy: str) -> str:
    return "update" if policy == "hypercall" else "hypercall"


def _rank(word: str) -> int:
    # A guest that registers nothing is as well off as a safe one.
    return max(WORDS.index(word), 1)


def state(replay: Replay) -> str:
    """One of WORDS for a replay."""
    if not replay.total("registered"):
        return "no area"
    codes = {f.code for f in replay.findings if f.severity != "info"}
    if codes & {"RT105", "RT106", "RT107", "RT108"}:
        return "corrupts"
    if codes & {"RT101", "RT102"}:
        return "refused"
    if codes & {"RT103", "RT104"}:
        return "loses updates"
    return "safe"


def gather(paths: Iterable[str], context: Context) -> Table:
    """Replay every trace under both policies. Progress goes to stderr when that is a terminal."""
    from xlcfg.replaying import replay_report

    table = Table()
    files = []
    for path in paths:
        found = list(_files(path))
        files += found
        if not found:
            table.unreadable.append((path, "no boot trace is in this directory"))
    show = sys.stderr.isatty()
    for number, path in enumerate(files, start=1):
        if show:
            print(f"\r{number}/{len(files)} ", end="", file=sys.stderr, flush=True)
        report = replay_report(path, context, both=True)
        if report.replay is None:
            table.unreadable.append((report.source.path, report.diagnostics[0].message))
            continue
        partial = report.replay.partial
        if partial is not None and partial.hollow:
            table.unreadable.append((report.source.path, partial.verdict))
            continue
        compared = report.replay.outcome
        header = compared.update.header
        why = [text if line is None else f"line {line}: {text}" for text, line in compared.reasons]
        table.rows.append(
            Row(
                report.source.path,
                header.arch,
                header.guest,
                header.hypervisor or "",
                state(compared.update),
                state(compared.hypercall),
                why,
                compared.distinguishable,
            )
        )
    if show:
        print("\r", end="", file=sys.stderr)
    return table


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
    for root, folders, names in os.walk(path):
        folders.sort()
        yield from (os.path.join(root, name) for name in sorted(names) if name.endswith(SUFFIXES))


def render(table: Table, form: str) -> str:
    """The table as "text" (80 columns), "markdown" or "json"."""
    if form == "json":
        return json.dumps(_json(table), indent=2) + "\n"
    lines = _markdown(table) if form == "markdown" else _text(table)
    return "\n".join(lines) + "\n"


def _json(table: Table) -> dict[str, Any]:
    return {
        "version": 1,
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
            }
            for r in table.rows
        ],
        "totals": {p: _totals(table, p) for p in ("update", "hypercall")},
        "breaks": {
            arch: {p: [r.path for r in table.breaks(arch, p)] for p in ("update", "hypercall")}
            for arch in _arches(table)
        },
        "unreadable": [{"path": path, "reason": why} for path, why in table.unreadable],
    }


def _totals(table: Table, policy: str) -> dict[str, int]:
    words = [getattr(row, policy) for row in table.rows]
    return {word: words.count(word) for word in WORDS if word in words}


def _arches(table: Table) -> list[str]:
    return sorted({row.arch for row in table.rows})


def _text(table: Table) -> list[str]:
    lines = [f"{'trace':<49} {'update':<14} {'hypercall':<14}".rstrip()]
    for row in table.rows:
        name = printable(row.path)
        if width(name) > 49:
            name = "..." + name[-46:]
        lines.append(f"{name:<49} {row.update:<14} {row.hypercall:<14}".rstrip())
    lines.extend(("", *_summary(table, printable)))
    return lines


def _markdown(table: Table) -> list[str]:
    def cell(text: str) -> str:
        return printable(text).replace("|", "\\|").replace("<", "&lt;")

    lines = ["| trace | guest | update | hypercall |", "|---|---|---|---|"]
    lines.extend(
        f"| {cell(r.path)} | {r.arch} {r.guest} | {r.update} | {r.hypercall} |" for r in table.rows
    )
    lines.extend(("", *_summary(table, cell)))
    return lines


def _summary(table: Table, show: Any) -> list[str]:
    """What a maintainer wants to know of an ABI change, ready for a mail."""
    lines = []
    for policy in ("update", "hypercall"):
        said = ", ".join(f"{n} {word}" for word, n in _totals(table, policy).items())
        lines.append(f"Under {policy}: {said or 'nothing replayed'}.")
    for arch in _arches(table):
        mine = [row for row in table.rows if row.arch == arch]
        alike = sum(not row.distinguishable for row in mine)
        for policy in ("hypercall", "update"):
            broken = table.breaks(arch, policy)
            change = f"{arch}: changing the default from {_other(policy)} to {policy} breaks"
            lines.append("")
            if broken:
                lines.append(f"{change} {len(broken)} of {len(mine)} recorded boots:")
            else:
                lines.append(f"{change} none of {len(mine)} recorded boots.")
            if alike and not broken:
                lines.append(f"  ({alike} of them cannot tell the policies apart)")
            for row in broken:
                before, after = getattr(row, _other(policy)), getattr(row, policy)
                lines.append(f"  {show(row.path)}: {before} -> {after}")
                for text in row.why:
                    if f"{policy}: " in text:
                        lines.extend(
                            wrap(show(text), 78, initial_indent="    ", subsequent_indent="      ")
                        )
    lines.extend(f"not replayed: {show(path)}: {show(why)}" for path, why in table.unreadable)
    return lines
