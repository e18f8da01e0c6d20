"""The answer of `xlcfg policy`: the policy in force and every step that led to it."""

from __future__ import annotations

from xlcfg.core.policy import AS_PROPOSED, MEANING
from xlcfg.core.screen import safe
from xlcfg.report.text import finding
from xlcfg.rules import family
from xlcfg.rules._index import POLICY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.checks.report import Report, Result

_NAMES = {
    "guest": "guest setting",
    "boot": "boot parameter",
    "toolstack": "toolstack plugin",
    "architecture": "architecture",
}


def render(result: Result) -> str:
    """One block per guest; what could not be read, or is wrong with the settings, as findings."""
    out: list[str] = []
    told: set[str] = set()
    for report in result.reports:
        for diagnostic in report.diagnostics:
            if _shown(diagnostic.code):
                out.extend(finding(report.source, diagnostic))
                out.append("")
        if report.policy is not None:
            # a script with conditions makes the same guest in several ways
            text = "\n".join(block(report))
            if text not in told:
                told.add(text)
                out += [text, ""]
    return "\n".join(out).rstrip() + "\n"


def _shown(code: str) -> bool:
    return code in POLICY or family(code) in ("inputs", "plugins")


def block(report: Report) -> Iterator[str]:
    """The lines about one guest."""
    decision = report.policy
    assert decision is not None
    rests = f" ({AS_PROPOSED})" if decision.proposed else ""
    yield f"{safe(report.title)}: {decision.policy}{rests}"
    yield f"  {MEANING[decision.policy]}"
    yield ""
    reached = True
    for number, step in enumerate(decision.steps, start=1):
        name = _NAMES.get(step.level, step.level)
        if step.outcome == "silent":
            text = "says nothing"
        else:
            who = "" if step.level in ("guest", "boot") else f"{safe(step.origin)}: "
            text = f"{who}{safe(step.text)}"
            if step.level == "architecture":
                text = f"{safe(step.origin)} defaults to {step.policy}"
            if step.where:
                text += f"  ({safe(step.where)})"
        if step.outcome == "decides":
            mark = "=>"
        elif step.outcome == "passes on":
            mark, text = "  ", f"{text}, which leaves it to the next"
        elif decision.as_released and step.outcome != "silent":
            mark, text = "  ", f"{text}, which released Xen does not ask"
        elif step.outcome == "overridden" or (not reached and not decision.as_released):
            mark, text = "  ", f"{text}, not asked any more"
        else:
            mark = "  "
        if step.outcome == "decides":
            reached = False
        yield f"  {mark} {number}. {name:<16}  {text}"
    if decision.as_released:
        yield ""
        yield "  No released Xen has these options: each translates at every update."
