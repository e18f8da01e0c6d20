"""Reports as plain values, for the cache and for pipes between processes.

`pack` gives lists of texts, numbers, booleans and None; `unpack` makes a report of them again for
the same bytes under any path. What the path has a part in is marked and filled in anew.
"""

from __future__ import annotations

from xlcfg.check import Report
from xlcfg.diagnostics import Diagnostic, Fix
from xlcfg.policy import Decision, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.source import Source

#: Stands for the path of the source; no path has this character.
_PATH = "\0"


def pack(report: Report, *, fixes: bool = False) -> list[Any]:
    """The findings, the policy and the claims of a report; what replays found is left out.

    `fixes` takes along how findings are mended, which has to be worked out.
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
        steps = [
            [
                step.level,
                _PATH if step.origin == path else step.origin,
                step.said,
                step.policy,
                step.outcome,
                _PATH + step.where[len(path) :] if step.where.startswith(path) else step.where,
            ]
            for step in decision.steps
        ]
        policy = [decision.policy, decision.level, decision.as_released, steps]
    claims = report.claims
    if claims is None and report.guest is not None:
        from xlcfg.rules.fleet import claims as claims_of

        claims = claims_of(report.guest)
    wanted = None
    if claims is not None:
        wanted = [
            [code, [list(made[0]) if isinstance(made[0], tuple) else made[0], *made[1:]]]
            for code, all_made in claims.items()
            for made in all_made
        ]
    return [findings, policy, wanted, report.unreadable, report.part]


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


def unpack(packed: list[Any], source: Source) -> Report:
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
                related=tuple((a, b, said) for a, b, said in related),
                fix=_unpack_fix(fix),
            )
        )
    if policy is not None:
        chosen, level, as_released, steps = policy
        path = source.path
        report.policy = Decision(
            chosen,
            level,
            [
                Step(
                    at,
                    path if origin == _PATH else origin,
                    said,
                    voted,
                    outcome,
                    path + where[1:] if where[:1] == _PATH else where,
                )
                for at, origin, said, voted, outcome, where in steps
            ],
            as_released,
        )
    if wanted is not None:
        claims: dict[str, list[tuple[Any, int, int]]] = {}
        for code, (what, start, end) in wanted:
            made = tuple(what) if isinstance(what, list) else what
            claims.setdefault(code, []).append((made, start, end))
        report.claims = claims
    report.unreadable = unreadable
    return report
