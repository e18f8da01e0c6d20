"""Reports as plain values, for the cache and for pipes between processes.

`pack` gives lists of texts, numbers, booleans and None; `unpack` makes a report of them again for
the same bytes under any path. What the path has a part in is marked and filled in anew.
"""

from __future__ import annotations

from xlcfg.checks.report import Report
from xlcfg.core.diagnostics import Diagnostic, Fix
from xlcfg.core.policy import Decision, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from xlcfg.core.source import Source

#: Stands for the path of the source; no path has this character.
_PATH = "\0"


def pack(report: Report, *, fixes: bool = False) -> list[Any]:
    """The findings, the policy and the claims of a report; what replays found is left out.

    `fixes` takes along how findings are fixed, which has to be worked out.
    Claims are tuples, which JSON makes lists of and `unpack` tuples again.
    """
    path = report.source.path
    findings = [
        [
            d.code,
            d.severity,
            d.message,
            d.start,
            d.end,
            d.help,
            [list(r) for r in d.related],
            _pack_fix(d.fix) if fixes else None,
        ]
        for d in report.diagnostics
    ]
    policy = None
    decision = report.policy
    if decision is not None:
        policy = [decision.policy, decision.level, decision.as_released]
        for step in decision.steps:
            policy += (
                step.level,
                # a file may be called as an architecture is
                _PATH if step.origin == path and step.level == "guest" else step.origin,
                step.text,
                step.policy,
                step.outcome,
                _PATH + step.where[len(path) :] if step.where.startswith(path) else step.where,
            )
    claims = report.claims
    if claims is None and report.guest is not None:
        from xlcfg.checks.cross_file import guest_claims

        claims = guest_claims(report.guest)
    return [findings, policy, claims, report.unreadable, report.part]


def _pack_fix(fix: Fix | None) -> list[Any] | None:
    if fix is None:
        return None
    edits = [[start, end, text.decode("latin-1")] for start, end, text in fix.edits]
    return [fix.title, fix.safe, edits]


def _unpack_fix(packed: list[Any] | None) -> Fix | None:
    if packed is None:
        return None
    title, safe, edits = packed
    return Fix(title, safe, [(start, end, text.encode("latin-1")) for start, end, text in edits])


#: Decisions that no path has a part in: most guests of a run share one.
_shared: dict[Any, Decision] = {}


def shared(packed: Sequence[Any]) -> Decision | Sequence[Any]:
    """What `unpack` takes for a packed policy: the decision itself, where no path is in it."""
    decision = _decision(packed, "") if packed else None
    return packed if decision is None or tuple(packed) not in _shared else decision


def _decision(packed: Sequence[Any], path: str) -> Decision:
    key = tuple(packed)
    known = _shared.get(key)
    if known is not None:
        return known
    chosen, level, as_released = packed[:3]
    steps = list(zip(*[iter(packed[3:])] * 6, strict=True))
    decision = Decision(
        chosen,
        level,
        [
            Step(
                at,
                path if origin == _PATH else origin,
                text,
                voted,
                outcome,
                path + where[1:] if where[:1] == _PATH else where,
            )
            for at, origin, text, voted, outcome, where in steps
        ],
        as_released,
    )
    if not any(_PATH in (step[1], step[5][:1]) for step in steps) and len(_shared) < 1000:
        _shared[key] = decision
    return decision


def unpack(packed: Sequence[Any], source: Source) -> Report:
    """The report of `source`. Raises ValueError, TypeError for what `pack` has not made."""
    report = Report(source)
    findings, policy, wanted, unreadable, report.part = packed
    for code, severity, message, start, end, help_, related, fix in findings:
        report.diagnostics.append(
            Diagnostic(
                code,
                severity,
                message,
                start=start,
                end=end,
                help=help_,
                related=tuple((a, b, text) for a, b, text in related),
                fix=_unpack_fix(fix),
            )
        )
    if type(policy) is Decision:
        report.policy = policy
    elif policy:
        report.policy = _decision(policy, source.path)
    if wanted is not None:
        for code, made in wanted.items():
            if made and type(made[0]) is list:  # JSON knows no tuples
                wanted[code] = [
                    (tuple(what) if type(what) is list else what, *place) for what, *place in made
                ]
        report.claims = wanted
    report.unreadable = unreadable
    return report
