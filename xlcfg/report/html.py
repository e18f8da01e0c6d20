"""A replay as one self-contained HTML page: figures, findings, and a timeline per vCPU."""

from __future__ import annotations

import html
import json
from string import Template
from typing import TYPE_CHECKING, Any

from xlcfg.core.resources import read
from xlcfg.core.screen import safe
from xlcfg.emulator.terms import STATES
from xlcfg.report.replay import verdict
from xlcfg.rules.replay import findings

if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay
    from xlcfg.emulator.timeline import Lane, Timeline

KINDS = ("delivered", "torn", "lost", "misplaced", "registered", "refused", "made-up")


def render(path: str, result: Replay, timeline: Timeline) -> str:
    """The page for one replayed trace. Nothing in it is loaded from elsewhere."""
    header = result.header
    title = f"{path}: {result.policy}"
    facts = [
        ("guest", f"{header.arch} {header.guest}, {header.vcpus} vCPUs"),
        ("recorded on", header.hypervisor or "an unnamed hypervisor"),
        ("policy", f"{result.policy} ({result.model.title})"),
        ("events", f"{result.events:,}"),
    ]
    if timeline.left_out:
        facts.append(
            ("timeline", f"up to line {timeline.last_line}; {timeline.left_out:,} entries left out")
        )
    page = Template(read("xlcfg.report", "page.html").decode())
    # In one go: what is put in is not searched for marks.
    return page.substitute(
        title=escape(title),
        verdict=escape(verdict(result)),
        facts="".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts),
        vcpus="".join(_row(vcpu) for vcpu in result.vcpus if vcpu.registered),
        findings="".join(_finding(f) for f in findings(result)) or _NONE,
        data=_data(timeline),
    )


_NONE = "<li>nothing to report</li>"


def escape(text: str) -> str:
    """`text` for HTML, with what a browser would not show as it is."""
    return html.escape(safe(text))


def _row(vcpu: Any) -> str:
    cells = (
        vcpu.index, vcpu.registered, vcpu.refused, vcpu.attempts, vcpu.delivered, vcpu.partial,
        vcpu.lost, vcpu.misplaced_total,
    )  # fmt: skip
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _finding(finding: Any) -> str:
    line = finding.line
    where = f"line {line}" if line is not None else "whole trace"
    return (
        f'<li><button type="button" class="{escape(finding.severity)}" '
        f'data-line="{"" if line is None else int(line)}">'
        f"<b>{escape(finding.code)}</b> {escape(where)}: {escape(finding.message)}</button>"
        f"<p>{escape(finding.help)}</p></li>"
    )


def _data(timeline: Timeline) -> str:
    """The timeline as JSON that cannot end the script element it stands in."""
    data = {
        "unit": timeline.unit,
        "states": list(STATES),
        "kinds": list(KINDS),
        "stages": timeline.stages,
        "lanes": [_lane(lane) for lane in timeline.lanes],
    }
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _lane(lane: Lane) -> dict[str, Any]:
    texts: dict[str, int] = {}
    return {
        "vcpu": lane.index,
        "states": [[x, line, STATES.index(state)] for x, line, state in lane.states],
        "spaces": [[x, line, texts.setdefault(s, len(texts))] for x, line, s in lane.spaces],
        "marks": [
            [x, line, KINDS.index(kind), texts.setdefault(label, len(texts))]
            for x, line, kind, label in lane.marks
        ],
        "texts": list(texts),
    }
