"""Makes the blocks of the page about the two policies: what the program concludes of each trace.

    python tests/docs/abi_help.py      writes them into the page

A block begins with the traces that it is about: one, all of a folder, or some of one by name.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "abi.md"
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]

from xlcfg.checks.linter import Linter  # noqa: E402
from xlcfg.core.diagnostics import INFO  # noqa: E402
from xlcfg.emulator.harm import Harm  # noqa: E402
from xlcfg.rules.replay import findings  # noqa: E402
from xlcfg.traces.replaying import replay_report  # noqa: E402
from xlcfg.traces.verdict import Row, Table, gather, judge, render  # noqa: E402

BLOCK = re.compile(
    r"```text\n(examples/\S+?)(?:, model (\S+))?( \((?:all|table)\))?(?: of ([\w, \n-]+))?: .*?```",
    re.DOTALL,
)
COMMAND = re.compile(r"```console\n\$ xlcfg ([^\n]*)\n.*?```", re.DOTALL)
WIDTH = 80
POLICIES = ("update", "hypercall")


@cache
def linter() -> Linter:
    """A linter without plugins."""
    from support import make_linter

    return make_linter("unstable", "x86_64")


def follow(page: str) -> str:
    """The page with what the program concludes, and what commands print."""
    return COMMAND.sub(_command, BLOCK.sub(_block, page))


def _command(found: re.Match[str]) -> str:
    path = os.pathsep.join((str(ROOT), str(ROOT / "plugins")))
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", *shlex.split(found[1])],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return f"```console\n$ xlcfg {found[1]}\n{done.stdout}```"


def _block(found: re.Match[str]) -> str:
    path, model, every, some = found.groups()
    if some:
        lines = _some(path, some.replace(",", " ").split())
    else:
        make = {" (all)": _folder, " (table)": _table}.get(every)
        lines = _trace(path, model) if make is None else make(path)
    return "```text\n" + "\n".join(lines) + "\n```"


def _folder(path: str) -> list[str]:
    table = gather([path], linter(), jobs=1)
    assert not table.unreadable
    text = render(Table(table.rows), "text")
    _, _, summary = text.partition("\n\n")
    return [f"{path} (all): {len(table.rows)} traces", *summary.rstrip().split("\n")]


_HEADING = "what each policy does, and changing the default to hypercall"


def _table(path: str) -> list[str]:
    return [f"{path} (table): {_HEADING}", *_rows([path])]


def _some(path: str, names: list[str]) -> list[str]:
    lines = _wrapped(f"{path} (table) of {', '.join(names)}: {_HEADING}", 2)
    return lines + _rows([f"{path}/{name}.jsonl" for name in names])


def _rows(paths: list[str]) -> list[str]:
    lines = []
    for row in gather(paths, linter(), jobs=1).rows:
        name = Path(row.path).name.removesuffix(".jsonl")
        effect = row.effect("hypercall")
        lines.append(f"{name:<24} {row.arch:<8} {row.update:<14} {row.hypercall:<14} {effect}")
    return lines


def _trace(path: str, model: str | None) -> list[str]:
    if model is not None:
        return _one_model(path, model)
    outcome = replay_report(path, linter(), both=True).replay.outcome
    row = Row(*judge(path, None, linter()))
    vcpus = f"{outcome.update.header.vcpus} vCPU" + "s" * (outcome.update.header.vcpus != 1)
    lines = [f"{path}: {row.arch} {row.guest}, {vcpus}"]
    for policy in POLICIES:
        counts = ", ".join(_counts(row.harms(policy)))
        lines += _wrapped(f"{policy + ':':<10} {getattr(row, policy)}; {counts}", 11)
        lines += _found(getattr(outcome, policy))
    if outcome.difference is None:
        lines.append("The guest cannot tell the policies apart.")
    else:
        line, text = outcome.difference
        lines += _wrapped(f"They differ first in line {line}: {text}.", 2)
    lines.append(f"Changing the default to hypercall: {row.effect('hypercall')}.")
    return lines


def _one_model(path: str, model: str) -> list[str]:
    outcome = replay_report(path, linter(), model=model).replay.outcome
    total = outcome.total
    lines = [f"{path}, model {model}: policy {outcome.policy}"]
    counts = f"{total('attempts')} updates due, {total('delivered')} delivered"
    lines.append(f"{total('registered')} call, {total('refused')} refused; {counts}")
    return lines + _found(outcome)


def _counts(harms: list[Harm]) -> list[str]:
    names = {
        "arrived": "{} updates arrive",
        "lost": "{} lost",
        "late": "{} too early",
        "overwriting": "{} overwrite other memory",
    }
    sums = {name: sum(getattr(harm, name) for harm in harms) for name in names}
    return [
        text.format(sums[name]) for name, text in names.items() if sums[name] or name == "arrived"
    ]


def _found(replay: object) -> list[str]:
    lines = []
    for one in findings(replay):
        where = "" if one.line is None else f" line {one.line}:"
        mark = " (advice)" if one.severity == INFO else ""
        lines += _wrapped(f"  {one.code}{mark}{where} {one.message}", 4)
    return lines


def _wrapped(text: str, indent: int) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent=" " * indent, drop_whitespace=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "tests"))
    PAGE.write_text(follow(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
