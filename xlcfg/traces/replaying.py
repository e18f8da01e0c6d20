"""One replay run: open each trace, settle its policy, emulate, gather what came out."""

from __future__ import annotations

import sys
from errno import EBADF
from textwrap import wrap
from typing import IO, TYPE_CHECKING, Any

from xlcfg.checks.report import Report
from xlcfg.core.diagnostics import ERROR, WARNING, Diagnostic
from xlcfg.core.policy import AS_PROPOSED, POLICIES, UPDATE
from xlcfg.core.screen import safe
from xlcfg.core.source import Position, Source
from xlcfg.emulator import Comparison, Reader, Replay, TraceError, compare, replay
from xlcfg.report.links import SITE
from xlcfg.report.replay import compared, render_compare, render_text, to_json
from xlcfg.rules.replay import findings
from xlcfg.source.paths import display, is_url, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Result
    from xlcfg.core.policy import Decision
    from xlcfg.emulator.models import Model
    from xlcfg.traces.incomplete import Area, Incomplete

#: What a trace calls its own policy when it was recorded under one.
RECORDED = "trace"


class TraceSource(Source):
    """A trace as findings place themselves in it: an offset is a line number, text is not kept."""

    def __init__(self, path: str) -> None:
        super().__init__(path, b"")

    def position(self, offset: int) -> Position:
        """The beginning of a trace line."""
        return Position(offset, 1)


class Replayed:
    """One trace replayed: a `Replay`, or a `Comparison` of both policies.

    `why` says where the policy came from: "the trace's own", or who decided it. `incomplete` is
    there for a recording that knows less than a boot trace, `picture` for a comparison that is to
    be drawn (`xlcfg.report.picture`).
    """

    def __init__(
        self,
        path: str,
        outcome: Replay | Comparison,
        why: str,
        incomplete: Incomplete | None = None,
        picture: dict[str, Any] | None = None,
    ) -> None:
        self.path = path
        self.picture = picture
        self.outcome = outcome
        self.why = why
        self.incomplete = incomplete

    def text(self) -> str:
        """For people, 80 columns wide."""
        if self.incomplete is not None and self.incomplete.areas_unknown:
            return f"{safe(self.path)}: {self._areas_unknown(self.incomplete)}"
        text = self._emulated()
        if self.incomplete is None:
            return text
        return "\n".join([text.rstrip(), *self.incomplete.text(), self.incomplete.verdict]) + "\n"

    def _areas_unknown(self, incomplete: Incomplete) -> str:
        """A recording without areas: the emulator's figures would be about nothing."""
        one = self.outcome.update if isinstance(self.outcome, Comparison) else self.outcome
        vcpus = f"{one.header.vcpus} vCPU" + "s" * (one.header.vcpus != 1)
        kind = "" if "guest" in incomplete.lacks else f"{one.header.arch} {one.header.guest}, "
        lines = [f"{one.header.hypervisor}; {kind}{vcpus}, {one.events} events", *incomplete.text()]
        return "\n".join([*lines, *wrap(f"verdict: {incomplete.verdict}", 80)]) + "\n"

    def _emulated(self) -> str:
        if isinstance(self.outcome, Comparison):
            return f"{safe(self.path)}\n{render_compare(self.outcome)}"
        head = f"{safe(self.path)}: policy {self.outcome.policy}, {safe(self.why)}"
        return f"{head}\n{render_text(self.outcome)}"

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        if self.incomplete is None:
            return self._emulated_json()
        data: dict[str, Any] = {"path": self.path, "decided_by": self.why}
        if not self.incomplete.areas_unknown:
            data = self._emulated_json()
        if "areas" in self.incomplete.lacks:
            data["verdict"] = self.incomplete.verdict
        return data | {"partial": self.incomplete.to_json()}

    def _emulated_json(self) -> dict[str, Any]:
        if isinstance(self.outcome, Comparison):
            return {
                "path": self.path,
                "verdict": self.outcome.verdict,
                "safe": list(self.outcome.safe),
                "distinguishable": self.outcome.distinguishable,
                "first_difference": self.outcome.first_difference,
                "update": to_json(self.outcome.update),
                "hypercall": to_json(self.outcome.hypercall),
            }
        return {"path": self.path, "decided_by": self.why, **to_json(self.outcome)}

    def diagnostics(self) -> list[Diagnostic]:
        """The findings, placed by trace line; of a comparison those that it shows, by policy."""
        found = self.incomplete.diagnostics() if self.incomplete is not None else []
        unknown = self.incomplete is not None and self.incomplete.areas_unknown
        if unknown:
            return found
        if isinstance(self.outcome, Comparison):
            shown = compared(self.outcome)
        else:
            shown = [("", one) for one in findings(self.outcome)]
        return found + [
            Diagnostic(
                f.code,
                f.severity,
                f"under {policy}: {f.message}" if policy else f.message,
                start=f.line,
                help=f.help,
            )
            for policy, f in shown
        ]


def find_lines(
    path: str, linter: Linter, domain: int | None = None, stream: Any = None
) -> tuple[Any, Any]:
    """What a plugin that knows the file's form makes of it (None: it is a boot trace), and what to
    read it from: the path, or an open file.

    A URL is read as a stream, and so is `stream`, an open file of that name, if there is one.
    Raises TraceError, OSError.
    """
    if path == "-":
        return None, standard_input()
    if stream is None and is_url(path):
        from xlcfg.source.remote import Stream

        stream = Stream(path)
    if stream is None:
        return linter.hooks.first("xlcfg_read_trace", path=path, domain=domain), path
    from xlcfg.traces.stream_copy import from_stream

    return from_stream(stream, linter, domain)


def open_trace(
    path: str,
    linter: Linter,
    *,
    domain: int | None = None,
    areas: dict[int, Area] | None = None,
    stream: Any = None,
) -> tuple[Reader, Incomplete | None]:
    """A reader of the trace, by a plugin if one knows the file's form, and then what its recording
    lacks. `stream` is the open file, for one that has no path here. Raises TraceError, OSError.
    """
    lines, source = find_lines(path, linter, domain, stream)
    if lines is None:
        reader = Reader(source)
        if b'"lacks"' not in reader.header_line:
            if areas:
                reader.close()
                raise TraceError(0, "--assume-area is for recordings; this is a full boot trace")
            return reader, None
        lines = _lines(reader)
    from xlcfg.traces.incomplete import Incomplete

    incomplete = Incomplete(areas)
    reader = Reader(incomplete.watch(lines))
    return reader, incomplete if incomplete.lacks else None


def standard_input() -> IO[bytes]:
    """Standard input as bytes; OSError when whoever started us has closed it."""
    if sys.stdin is None:
        raise OSError(EBADF, "standard input is closed")
    stdin: IO[bytes] = sys.stdin.buffer
    return stdin


def _lines(reader: Reader) -> Iterator[str]:
    """The lines of a recording that was converted before."""
    yield reader.header_line.decode("utf-8", "replace") + "\n"
    for block in reader.texts():
        yield from block.decode("utf-8", "replace").splitlines(keepends=True)


def replay_report(
    path: str,
    linter: Linter,
    policy: str = "auto",
    *,
    verify: bool = False,
    both: bool = False,
    drawn: bool = False,
    decision: Decision | None = None,
    page: str | None = None,
    model: str | None = None,
    domain: int | None = None,
    areas: dict[int, Area] | None = None,
    stream: Any = None,
) -> Report:
    """Replay one trace; what is wrong with the trace is a finding of code IO005, not an exception.

    `policy` "auto" takes the trace's own, else `decision`, else what is resolved for the trace's
    architecture. `both` compares the policies, `drawn` keeps what a page shows of that; `page` is
    where to write an HTML page with a timeline of one policy; `domain` and `areas` are
    for recordings of several domains, or without addresses; `stream` is as for `open_trace`.
    """
    shown = "<stdin>" if path == "-" else display(path)
    report = Report(TraceSource(shown))
    picture = None
    try:
        opened, incomplete = open_trace(path, linter, domain=domain, areas=areas, stream=stream)
        with opened as reader:
            models_by_policy = chosen(reader, linter, model)
            if both:
                why = "both policies"
                outcome: Replay | Comparison
                outcome, picture = _compared(reader, models_by_policy, drawn)
            else:
                policy, why = _settle_policy(
                    policy, decision, reader, linter, models_by_policy if model else None
                )
                chose = models_by_policy.get(policy)
                if page is None:
                    outcome = replay(reader, policy, model=chose, verify=verify)
                elif incomplete is None or incomplete.frames():
                    outcome = _draw(reader, policy, shown, page, model=chose, verify=verify)
                else:
                    raise TraceError(0, "a page needs the areas: say --assume-area VCPU=VA@GPA")
        report.replay = Replayed(shown, outcome, why, incomplete, picture)
    except (TraceError, OSError, EOFError) as error:
        report.unreadable = True
        report.diagnostics.append(_failure(error, page))
    else:
        report.diagnostics.extend(report.replay.diagnostics())
    return report


def _compared(
    reader: Reader, models_by_policy: dict[str, Model | str], drawn: bool
) -> tuple[Comparison, dict[str, Any] | None]:
    if not drawn:
        return compare(reader, models=models_by_policy), None
    from xlcfg.emulator.overview import compare_with_overview
    from xlcfg.report.picture import picture

    comparison, overview = compare_with_overview(reader, models=models_by_policy)
    return comparison, picture(comparison, overview)


def _settle_policy(
    policy: str,
    decision: Decision | None,
    reader: Reader,
    linter: Linter,
    named: Mapping[str, Model | str] | None = None,
) -> tuple[str, str]:
    """The policy to replay under, and who says so; `named` holds the model that was asked for."""
    if decision is not None:
        return decision.policy, _who(decision)
    if policy != "auto":
        return policy, "as asked for"
    released = linter.target.as_released
    if named and reader.header.policy is None and not released:
        model = named["update"]
        assert not isinstance(model, str)
        return model.policy, "which the model is known for"
    return policy_for(reader, linter)


def _failure(error: TraceError | OSError | EOFError, page: str | None) -> Diagnostic:
    """The finding about a trace that cannot be replayed, or a `page` that cannot be written."""
    if isinstance(error, TraceError):
        return Diagnostic(
            "IO005",
            ERROR,
            f"cannot be replayed: {error.message}",
            start=error.line or None,
            help=getattr(error, "help", None)
            or f"boot traces are JSON Lines, version 1: {SITE}trace-format/",
        )
    why = reason(error) if isinstance(error, OSError) else str(error)
    what = "cannot be read"
    if isinstance(error, OSError) and page is not None and error.filename == page:
        what = f"the page {display(page)} cannot be written"
    return Diagnostic(getattr(error, "code", "IO001"), ERROR, f"{what}: {why}")


def models(linter: Linter) -> dict[str, Model]:
    """All hypervisor models by name; a plugin's is refused when its name is taken."""
    from xlcfg.emulator.models import Model, known_models

    known = known_models()
    for answer in linter.hooks.all("xlcfg_models"):
        for one in answer:
            try:
                model = one if isinstance(one, Model) else Model.from_mapping(one)
                if model.name in known:
                    raise ValueError(f"there is a model {model.name} already")
            except (ValueError, TypeError, AttributeError) as error:
                linter.hooks.fail(one, "xlcfg_models", str(error))
            else:
                known[model.name] = model
    return known


def chosen(reader: Reader, linter: Linter, name: str | None) -> dict[str, Model | str]:
    """The hypervisor model for each policy: the one named, else the one the header asks for."""
    from xlcfg.emulator.models import default_model

    known = models(linter)
    if name is not None:
        model, header = known[name], reader.header
        if not model.serves(header):
            raise TraceError(
                1,
                f"the model {name} is of {' and '.join(model.arches)} guests "
                f"({', '.join(model.guests)}), the trace of an {header.arch} {header.guest} guest",
            )
        return dict.fromkeys(POLICIES, model)
    return {p: default_model(reader.header, p, known.values()) for p in POLICIES}


def _draw(
    reader: Reader,
    policy: str,
    shown: str,
    page: str,
    *,
    model: Model | str | None,
    verify: bool,
) -> Replay:
    from xlcfg.core.replace import put_file
    from xlcfg.emulator.timeline import replay_with_timeline
    from xlcfg.report.html import render

    outcome, timeline = replay_with_timeline(reader, policy, model=model, verify=verify)
    try:
        put_file(page, render(shown, outcome, timeline).encode())
    except OSError as error:  # a full disk does not say which file it was
        raise OSError(error.errno, error.strerror, page) from None
    return outcome


def policy_for(reader: Reader, linter: Linter) -> tuple[str, str]:
    """The policy to replay a trace under, and who says so: the trace, else what was asked for, else
    the released Xen that it was recorded on.
    """
    from xlcfg.emulator.models import recorded_release
    from xlcfg.policy import decide

    header, target = reader.header, linter.target
    if header.policy is not None:
        return header.policy, "which the trace was recorded under"
    release = recorded_release(header)
    if release is not None and not {"xen", "as_proposed"} & set(target.given):
        return UPDATE, f"which is what Xen {release[0]}.{release[1]} does, as recorded"
    decision = decide(None, target.replace(arch=header.arch), linter.hooks)
    return decision.policy, _who(decision)


def _who(decision: Decision) -> str:
    rests = f" ({AS_PROPOSED})" if decision.proposed else ""
    return f"decided by: {decision.level}{rests}"


def attach(result: Result, path: str, linter: Linter) -> None:
    """Replay the trace under every policy that the guests of a check resolved to."""
    from xlcfg.policy import decide

    decisions = {r.policy.policy: r.policy for r in result.reports if r.policy is not None}
    if not decisions:
        only = decide(None, result.target, linter.hooks)
        decisions = {only.policy: only}
    for decision in decisions.values():
        report = replay_report(path, linter, decision=decision)
        outcome = report.replay.outcome if report.replay is not None else None
        if isinstance(outcome, Replay) and outcome.header.arch != result.target.arch:
            report.diagnostics.append(
                Diagnostic(
                    "IO006",
                    WARNING,
                    f"the trace is of an {outcome.header.arch} guest, the run is about "
                    f"{result.target.arch}",
                    help=f"say --arch {outcome.header.arch}",
                )
            )
        result.reports.append(report)
