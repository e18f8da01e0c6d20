"""A replay as text for a terminal of 80 columns, and as JSON-ready data."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from xlcfg.core.screen import safe
from xlcfg.core.units import count, duration, share
from xlcfg.emulator.results import CORRUPTING
from xlcfg.emulator.terms import errno_name
from xlcfg.rules.replay import Finding, findings, reasons, rules

if TYPE_CHECKING:
    from xlcfg.emulator.comparing import Comparison
    from xlcfg.emulator.events import Header
    from xlcfg.emulator.results import Replay, TimeReport, VcpuReport

WIDTH = 80
_ROWS = 32


def render_text(replay: Replay) -> str:
    """The report of one replay: a row per vCPU, the findings, and the verdict as last line."""
    model = replay.model
    lines = _guest(replay.header, replay.events)
    lines += wrap(f"policy {replay.policy}, model {model.name} ({model.title})", WIDTH)
    lines += ["", *_table(replay)]
    if replay.verification is not None:
        lines += ["", *_verified(replay)]
    for finding in findings(replay):
        lines += ["", *_finding(finding)]
    return "\n".join([*lines, "", *wrap(f"verdict: {verdict(replay)}", WIDTH)]) + "\n"


def _guest(header: Header, events: int) -> list[str]:
    vcpus = f"{header.vcpus} vCPU" + "s" * (header.vcpus != 1)
    origin = f"recorded on {header.hypervisor or 'an unnamed hypervisor'}"
    if header.hypervisor == "by hand":
        origin = "written by hand"
    elif header.hypervisor.startswith("generated, seed "):
        origin = header.hypervisor
    text = f"{header.arch} {header.guest}, {vcpus}, {origin}; {events} events"
    return wrap(safe(text), WIDTH)


def verdict(replay: Replay) -> str:
    """One sentence on a replay."""
    attempts = replay.total("attempts")
    times = _time_parts(replay)
    missed, shadowed = replay.total("missed"), replay.total("shadowed")
    parts = []
    if missed:
        asked = attempts + missed
        part = share(missed, asked)
        parts.append(f"{missed} of {asked} updates asked for find no area ({part})")
    if not attempts and not missed and not times:
        return f"{replay.policy}: no update was due, no area is in force"
    if shadowed:
        parts.append(f"{shadowed} of {attempts} updates do not go to the area asked for last")
    corrupting = _corrupting(replay.vcpus)
    if corrupting:
        parts.append(f"{corrupting} of {attempts} updates overwrite other memory")
    for name, word in (("lost", "lost"), ("partial", "torn")):
        number = replay.total(name)
        if number:
            parts.append(f"{number} of {attempts} updates {word} ({share(number, attempts)})")
    caught_up = replay.total("caught_up")
    if caught_up:
        makes = "makes" if caught_up == 1 else "make"
        parts.append(f"{count(caught_up, 'toggle')} {makes} up for lost ones")
    if not parts and attempts:
        parts.append(f"all {count(attempts, 'update')} delivered")
    return f"{replay.policy}: {', '.join([*parts, *times])}"


def _time_parts(replay: Replay) -> list[str]:
    """What becomes of the secondary time areas, for the verdict."""
    due, missed = replay.time_total("attempts"), replay.time_total("missed")
    parts = []
    for number, of, words in (
        (missed, due + missed, "find no area"),
        (replay.time_total("shadowed"), due, "do not go to the one asked for last"),
        (_corrupting(replay.times), due, "overwrite other memory"),
        (replay.time_total("lost"), due, "lost"),
        (replay.time_total("partial"), due, "torn"),
    ):
        if number:
            parts.append(f"{number} of {of} updates of the secondary time area {words}")
    if due and not parts:
        parts.append(f"all {count(due, 'update')} of the secondary time area delivered")
    return parts


def _corrupting(areas: list[VcpuReport] | list[TimeReport]) -> int:
    """How many updates overwrite what is not, or no longer, the area."""
    return sum(
        writes.count for area in areas for writes in area.misplaced if writes.kind in CORRUPTING
    )


def _table(replay: Replay) -> list[str]:
    rows = [("vCPU", "area", "calls", "updates", "delivered", "torn", "lost", "misplaced", "gap")]
    widths = (4, 10, 7, 8, 10, 7, 7, 10, 17)
    shown = [vcpu for vcpu in replay.vcpus if vcpu.registered or vcpu.attempts]
    for vcpu in shown[:_ROWS]:
        gap = vcpu.longest_gap
        text = "-"
        if gap is not None:
            text = str(gap.updates) if gap.ns is None else f"{gap.updates}, {duration(gap.ns)}"
        calls = f"{vcpu.registered}" if not vcpu.refused else f"{vcpu.registered}!"
        rows.append(
            (
                str(vcpu.index),
                vcpu.area or "none",
                calls,
                str(vcpu.attempts),
                str(vcpu.delivered),
                str(vcpu.partial),
                str(vcpu.lost),
                str(vcpu.misplaced_total),
                text,
            )
        )
    lines = [
        "".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    if len(shown) > _ROWS:
        lines.append(f"  ... and {len(shown) - _ROWS} more vCPUs")
    if not shown:
        lines = ["no vCPU registers an area"]
    elif any(vcpu.refused for vcpu in shown):
        lines.append("  ! some of these calls are refused")
    if replay.times:
        counts = [f"{replay.time_total(name)} {label}" for label, name in _TIME_COUNTS]
        lines += wrap("secondary time area: " + ", ".join(counts), WIDTH)
    return lines


#: What is told of the updates of secondary time areas, in words and by its name in `TimeReport`.
_TIME_COUNTS = (
    ("due", "attempts"),
    ("delivered", "delivered"),
    ("torn", "partial"),
    ("lost", "lost"),
    ("made up for", "caught_up"),
    ("misplaced", "misplaced_total"),
)


def _verified(replay: Replay) -> list[str]:
    verification = replay.verification
    assert verification is not None
    parts = [
        f"{number} {kind}, {verification.differing[kind]} differ"
        for kind, number in verification.compared.items()
        if number
    ]
    lines = wrap("compared: " + ("; ".join(parts) or "nothing recorded"), WIDTH)
    for difference in verification.differences[:10]:
        lines += wrap(
            f"line {difference.line}: {difference.kind}: recorded "
            f"{_value(difference.kind, difference.recorded)}, predicted "
            f"{_value(difference.kind, difference.predicted)}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
        )
    total = sum(verification.differing.values())
    if total > 10:
        lines.append(f"  ... and {total - 10} more")
    return lines


def _value(kind: str, value: Any) -> str:
    if kind == "ret":
        return errno_name(value)
    if kind == "observe":
        frames = [f"{gfn << 12:#x} bytes {a}..{b}" for gfn, (a, b) in sorted(value.items())[:4]]
        more = f", {len(value) - 4} more" if len(value) > 4 else ""
        return (", ".join(frames) or "nothing") + more
    return "yes" if value else "no"


def _finding(finding: Finding) -> list[str]:
    where = f" line {finding.line}:" if finding.line is not None else ""
    who = f" vCPU {finding.vcpu}:"
    if finding.vcpu is None or finding.message.startswith(who[1:]):
        who = ""
    lines = wrap(
        f"{finding.code} {finding.severity}:{where}{who} {finding.message}",
        WIDTH,
        subsequent_indent="    ",
    )
    if len(finding.lines) > 1:
        others = ", ".join(map(str, finding.lines[1:]))
        lines += wrap(f"see also line {others}", WIDTH, initial_indent="    ")
    if finding.help:
        indent = "    "
        lines += wrap(
            "help: " + finding.help, WIDTH, initial_indent=indent, subsequent_indent=indent
        )
    return lines


def to_json(replay: Replay) -> dict[str, Any]:
    """A replay as data that `json.dumps` takes; addresses as hexadecimal strings."""
    header = replay.header._asdict()
    header["ram"] = [{"gpa": hex(gfn << 12), "pages": pages} for gfn, pages in replay.header.ram]
    return {
        "schema": 1,
        "header": header,
        "policy": replay.policy,
        "model": replay.model.name,
        "events": replay.events,
        "verdict": verdict(replay),
        "vcpus": [_vcpu_json(vcpu) for vcpu in replay.vcpus if vcpu.registered or vcpu.attempts],
        "verification": _verification_json(replay),
        "findings": [
            {
                "code": finding.code,
                "name": rules()[finding.code].TITLE,
                "severity": finding.severity,
                "message": finding.message,
                "help": finding.help,
                "line": finding.line,
                "lines": list(finding.lines),
                "vcpu": finding.vcpu,
            }
            for finding in findings(replay)
        ],
    }


#: Members of schema 1 that have another name in the code.
_NAMES = {"caught_up": "made_up"}
_READ_NAMES = {"partial": "torn"}


def _vcpu_json(vcpu: VcpuReport) -> dict[str, Any]:
    data = {_NAMES.get(name, name): value for name, value in asdict(vcpu).items()}
    data["reads"] = {_READ_NAMES.get(name, name): n for name, n in data["reads"].items()}
    for call in data["registrations"]:
        call["addr"] = hex(call["addr"])
    data["lost_where"] = [
        {"state": state, "el": level, "space": space, "updates": number}
        for (state, level, space), number in vcpu.lost_where.items()
    ]
    _name_frames(data, vcpu)
    if vcpu.time is None:
        del data["time"]
    else:
        time = {_NAMES.get(name, name): value for name, value in data["time"].items()}
        data["time"] = time
        _name_frames(time, vcpu.time)
    return data


def _name_frames(data: dict[str, Any], area: VcpuReport | TimeReport) -> None:
    for writes in data["misplaced"]:
        writes["gpa"] = hex(writes["gpa"])
    data["overwritten"] = [
        {"gpa": hex(gpa), "updates": number} for gpa, number in area.overwritten.items()
    ]


def _verification_json(replay: Replay) -> dict[str, Any] | None:
    verification = replay.verification
    if verification is None:
        return None
    return {
        "ok": verification.ok,
        "compared": dict(verification.compared),
        "differing": dict(verification.differing),
        "differences": [
            {
                "kind": difference.kind,
                "line": difference.line,
                "recorded": _plain(difference.kind, difference.recorded),
                "predicted": _plain(difference.kind, difference.predicted),
            }
            for difference in verification.differences
        ],
    }


def _plain(kind: str, value: Any) -> Any:
    if kind == "observe":
        return [
            {"gpa": hex(gfn << 12), "first": first, "last": last}
            for gfn, (first, last) in sorted(value.items())
        ]
    return value


def compared(comparison: Comparison) -> list[tuple[str, Finding]]:
    """The findings that a comparison shows, each with its policy: no advice."""
    return [
        (one.policy, finding)
        for one in (comparison.update, comparison.hypercall)
        for finding in findings(one)
        if finding.severity != "info"
    ]


def render_compare(comparison: Comparison) -> str:
    """Both policies side by side, in 80 columns; the verdict is the last line."""
    update, hypercall = comparison.update, comparison.hypercall
    lines = _guest(update.header, update.events)
    models = update.model.name, hypercall.model.name
    wide = max(16, *(len(name) + 2 for name in models))
    lines += ["", f"{'':26}{'update':>{wide}}{'hypercall':>{wide}}"]
    lines.append(f"{'model':<26}{models[0]:>{wide}}{models[1]:>{wide}}")
    for label, name in (
        ("registration calls", "registered"),
        ("  refused", "refused"),
        ("asked for, without area", "missed"),
        ("asked for, other area", "shadowed"),
        ("updates due", "attempts"),
        ("  delivered", "delivered"),
        ("  torn", "partial"),
        ("  lost", "lost"),
        ("  made up for (PV)", "caught_up"),
        ("  in a wrong frame", "misplaced_total"),
    ):
        if name in ("missed", "shadowed") and not (update.total(name) or hypercall.total(name)):
            continue
        lines.append(f"{label:<26}{update.total(name):>{wide}}{hypercall.total(name):>{wide}}")
    if update.times or hypercall.times:
        lines.append("secondary time area:")
        for label, name in _TIME_COUNTS:
            numbers = update.time_total(name), hypercall.time_total(name)
            lines.append(f"  {label:<24}{numbers[0]:>{wide}}{numbers[1]:>{wide}}")
    for policy, finding in compared(comparison):
        lines += ["", f"under {policy}:", *_finding(finding)]
    lines.append("")
    for reason, at in reasons(comparison)[:1]:
        where = f"line {at}: " if at is not None else ""
        lines += wrap(where + reason, WIDTH, subsequent_indent="    ")
    return "\n".join([*lines, *wrap(f"verdict: {comparison.verdict}", WIDTH)]) + "\n"
