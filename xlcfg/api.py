"""The public functions of xlcfg, as `import xlcfg` offers them. docs/api.md is about them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from xlcfg.syntax.tree import Atom

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.core.policy import Decision
    from xlcfg.core.source import Source
    from xlcfg.syntax.tree import Value as TreeValue

#: A config: its text (`str`), its bytes, or the path of a file (`pathlib.Path` and the like).
Config: TypeAlias = "str | bytes | os.PathLike[str]"

#: A value as xl's readers see it: text (numbers too), or a list of values.
Value: TypeAlias = "str | list[Value]"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    `severity` is "error", "warning" or "info". Lines and columns count from 1, columns in
    characters; they are None for a finding about a whole input. `end_line` and `end_column` are
    just past the place. `help` says what to write instead, or is "".
    """

    code: str
    severity: str
    message: str
    help: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Which runstate translation policy holds: `policy` is "update" or "hypercall".

    `level` says who decided: "guest", "boot", "toolstack", "architecture", or "released Xen".
    `proposed`: it rests on the proposed options, which no release of Xen reads.
    """

    policy: str
    level: str
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked guest config or boot line: its findings in order of place.

    `guest_type` is "pv", "pvh", "hvm", or None where xl refuses what the config says about it, and
    for boot lines, which have no `policy` either.
    """

    findings: tuple[Finding, ...]
    guest_type: str | None
    policy: Policy | None

    @property
    def ok(self) -> bool:
        """Whether there is nothing of severity error or warning."""
        return all(finding.severity == "info" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Setting:
    """One assignment as written: `op` is "=" or "+="; `line` and `column` count from 1."""

    name: str
    op: str
    value: Value
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A guest config as xl's parser reads it.

    `settings` are all assignments in order, `values` has what each name ends up as (the last
    assignment wins, `+=` is joined). `problems` is why xl refuses the file; of a refused file the
    rest is what could be understood.
    """

    settings: tuple[Setting, ...]
    values: dict[str, Value]
    problems: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replayed boot trace.

    `due` updates are `delivered`, `torn` or `lost`; `misplaced` of the delivered ones went to a
    frame that is not the area's. `line` of a finding is a line of the trace. `verified` says
    whether every recorded result was predicted, None when that was not asked for. `details` is what
    `xlcfg replay --format json` has under `replay`, which may grow.
    """

    policy: str
    due: int
    delivered: int
    torn: int
    lost: int
    misplaced: int
    findings: tuple[Finding, ...]
    verified: bool | None
    details: dict[str, Any]


def check(
    config: Config,
    *,
    xen: str | None = None,
    arch: str = "x86_64",
    cmdline: str | None = None,
    as_released: bool | None = None,
    plugins: bool = False,
) -> Checked:
    """Check one guest config, as `xlcfg check` does.

    `xen` is a release such as "4.17" or "unstable" (None: the newest released one), `arch` one of
    x86_64, x86_32, arm64, arm32, riscv64, `cmdline` the host's boot line, which counts for the
    policy.
    `as_released` asks what released Xen does (True) or what one with the proposed runstate options
    would do (False); None: the former where `xen` names a release, else the latter.
    `plugins` lets installed plugins take part. Raises ValueError for an unknown release or
    architecture, OSError for a file that cannot be read.
    """
    from xlcfg.checks.guest import check_source

    source = _source(config)
    return checked(check_source(source, linter_for(xen, arch, cmdline, as_released, plugins)))


def check_cmdline(
    line: str,
    *,
    xen: str | None = None,
    arch: str = "x86_64",
    as_released: bool | None = None,
    plugins: bool = False,
) -> Checked:
    """Check a Xen boot command line, as `xlcfg cmdline` does. Raises ValueError as `check` does."""
    from xlcfg.run import check_boot

    report = check_boot(linter_for(xen, arch, line, as_released, plugins))
    return Checked(_findings(report.diagnostics, report.source), None, None)


def parse(config: Config) -> Parsed:
    """Read one guest config as libxlutil does. Raises OSError for a file that cannot be read."""
    from xlcfg.checks.guest import refusals
    from xlcfg.model.settings import Settings
    from xlcfg.syntax.guest import read_guest

    source = _source(config)
    document = read_guest(source.text)
    settings = []
    for setting in document.settings:
        at = source.position(setting.start)
        settings.append(
            Setting(setting.name, setting.op, _value(setting.value), at.line, at.column)
        )
    problems = list(refusals(document))
    winning = Settings(document).by_name
    return Parsed(
        tuple(settings),
        {name: _value(setting.value) for name, setting in winning.items()},
        _findings(problems, source),
    )


def resolve_policy(
    config: Config | None = None,
    *,
    cmdline: str | None = None,
    xen: str | None = None,
    arch: str = "x86_64",
    as_released: bool | None = None,
    plugins: bool = False,
) -> Policy:
    """Which runstate translation policy holds for a guest, or for the host alone (None).

    Raises as `check` does, and ValueError for a guest of an architecture without a runstate call.
    """
    from xlcfg.policy import decide

    linter = linter_for(xen, arch, cmdline, as_released, plugins)
    guest = None
    if config is not None:
        guest = next(iter(linter.read_guests(_source(config))), None)
    target = linter.target if guest is None else guest.target
    return _policy(decide(guest, target, linter.hooks))


def replay(
    trace: str | os.PathLike[str] | Iterable[str],
    policy: str = "auto",
    *,
    xen: str | None = None,
    as_released: bool | None = None,
    verify: bool = False,
) -> Replayed:
    """Replay one boot trace: a path, or its lines.

    `policy` is "update", "hypercall", or "auto": the one the trace was recorded under, else that of
    the released Xen which it was recorded on, else what `resolve_policy` says of its architecture.
    A `xen` or `as_released` that is given comes before the recorded one. `verify` holds the
    recorded results against the prediction. Raises
    ValueError for a policy or trace that is none, OSError for a file that cannot be read.
    """
    from xlcfg.core.policy import POLICIES
    from xlcfg.emulator import Reader
    from xlcfg.emulator import replay as run
    from xlcfg.report.replay import to_json
    from xlcfg.rules.replay import findings
    from xlcfg.traces.replaying import policy_for

    if policy not in (*POLICIES, "auto"):
        raise ValueError(f"policy {policy!r} is not one of update, hypercall, auto")
    with Reader(os.fspath(trace) if isinstance(trace, os.PathLike) else trace) as reader:
        if policy == "auto":
            linter = linter_for(xen, reader.header.arch, None, as_released, plugins=False)
            given = ("xen",) * (xen is not None) + ("as_proposed",) * (as_released is False)
            linter.target = linter.target.replace(given=given)
            policy, _ = policy_for(reader, linter)
        outcome = run(reader, policy, verify=verify)
    return Replayed(
        policy,
        outcome.total("attempts"),
        outcome.total("delivered"),
        outcome.total("partial"),
        outcome.total("lost"),
        outcome.total("misplaced_total"),
        tuple(
            Finding(f.code, f.severity, f.message, f.help, f.line, None, f.line, None)
            for f in findings(outcome)
        ),
        None if outcome.verification is None else outcome.verification.ok,
        to_json(outcome),
    )


def _source(config: Config) -> Source:
    from xlcfg.core.source import Source

    if isinstance(config, str):
        return Source("<text>", config.encode("utf-8", "surrogateescape"))
    if isinstance(config, bytes):
        return Source("<text>", config)
    from xlcfg.source.opening import open_plain
    from xlcfg.source.paths import display

    path = os.fspath(config)
    with open_plain(path, pipes=True) as file:
        return Source(display(path), file.read())


def checked(report: Report) -> Checked:
    """A report on a guest config as `check` hands it out."""
    return Checked(
        _findings(report.diagnostics, report.source),
        None if report.guest is None else report.guest.type,
        None if report.policy is None else _policy(report.policy),
    )


def linter_for(
    xen: str | None, arch: str, cmdline: str | None, as_released: bool | None, plugins: bool
) -> Linter:
    """What the functions here check with; ValueError for an unknown release or architecture."""
    from xlcfg.catalogue import newest_release, parse_release
    from xlcfg.checks.linter import Linter
    from xlcfg.hooks import Hooks
    from xlcfg.model.target import ARCHITECTURES, Target
    from xlcfg.syntax.cmdline import read_boot

    if arch not in ARCHITECTURES:
        raise ValueError(f"architecture {arch!r} is not one of {', '.join(ARCHITECTURES)}")
    release = newest_release() if xen is None else parse_release(xen)
    boot = None if cmdline is None else read_boot(cmdline)
    hooks = Hooks(plugins=plugins)
    if as_released is None:
        as_released = xen is not None
    return Linter(Target(release, arch, boot=boot, as_released=as_released), hooks)


def _findings(diagnostics: Iterable[Diagnostic], source: Source) -> tuple[Finding, ...]:
    found = []
    for one in diagnostics:
        places: tuple[int | None, ...] = (None, None, None, None)
        if one.start is not None and one.end is not None:
            places = *source.position(one.start), *source.position(one.end)
        found.append(Finding(one.code, one.severity, one.message, one.help, *places))
    return tuple(found)


def _policy(decision: Decision) -> Policy:
    return Policy(decision.policy, decision.level, decision.proposed)


def _value(value: TreeValue) -> Value:
    """A value as plain data; bytes that are no UTF-8 become surrogate escapes."""
    if isinstance(value, Atom):
        return _text(value)
    # No recursion: xl takes lists that are nested some thousand deep.
    whole: list[Value] = []
    todo = [(value, whole)]
    while todo:
        one, into = todo.pop()
        for item in one.items:
            if isinstance(item, Atom):
                into.append(_text(item))
            else:
                inner: list[Value] = []
                into.append(inner)
                todo.append((item, inner))
    return whole


def _text(atom: Atom) -> str:
    return atom.bytes().decode("utf-8", "surrogateescape")
