"""`xlcfg trace info`: what a trace holds, as plain data and as text.

The data: `kind`, `span_ns`, `lost` ({"records", "gaps"}) and `domains`, a list of {"domain",
"guest", "switches", "calls" (name to number), "vcpus"}; each of `vcpus` has "vcpu" and "states",
runstate to {"spells", "ns"}.  A reader's own `info()` may add to that: `records`, `cpus`, `hz` and
`cycles` of a state, `out_of_order`, `truncated`, `cut_off`, `notes` (lines of text).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from xlcfg.core.screen import safe
from xlcfg.emulator import Reader

if TYPE_CHECKING:
    from xlcfg.emulator.trace import Source

STATES = ("running", "runnable", "blocked", "offline", "lost")


def of_trace(source: Source) -> dict[str, Any]:
    """What a boot trace holds. Raises TraceError.

    Time is known from where the trace first switches a vCPU; a vCPU that waits has the state it
    was taken off its CPU with, though it may have been woken since.
    """
    with Reader(source) as reader:
        header = reader.header
        events: Counter[str] = Counter()
        calls: Counter[str] = Counter()
        switches: Counter[int] = Counter()
        spells: Counter[tuple[int, str]] = Counter()
        ns: Counter[tuple[int, str]] = Counter()
        since: dict[int, tuple[str, int]] = {}
        begin: int | None = None
        end = 0
        for event in reader:
            events[event.ev] += 1
            if event.t is not None:
                begin = event.t if begin is None else begin
                end = event.t
            if event.ev in ("switch_in", "switch_out"):
                vcpu: int = event.args[0]
                switches[vcpu] += 1
                state = "running" if event.ev == "switch_in" else event.args[1]
                if event.t is not None:
                    if vcpu in since:
                        before, at = since[vcpu]
                        spells[vcpu, before] += 1
                        ns[vcpu, before] += event.t - at
                    since[vcpu] = state, event.t
            elif event.ev == "vcpu_op":
                calls[event.args[1]] += 1
    for vcpu, (state, at) in since.items():
        if end > at:
            spells[vcpu, state] += 1
            ns[vcpu, state] += end - at
    return {
        "kind": "boot trace",
        "guest": f"{header.arch} {header.guest}",
        "hypervisor": header.hypervisor,
        "policy": header.policy,
        "span_ns": end - (begin or 0),
        "events": dict(events.most_common()),
        "domains": [
            {
                "domain": None,
                "guest": f"{header.arch} {header.guest}",
                "switches": switches.total(),
                "calls": dict(sorted(calls.items())),
                "vcpus": [
                    {
                        "vcpu": vcpu,
                        "states": {
                            state: {"spells": spells[vcpu, state], "ns": ns[vcpu, state]}
                            for state in STATES
                            if spells[vcpu, state]
                        },
                    }
                    for vcpu in range(header.vcpus)
                ],
            }
        ],
    }


def render(told: dict[str, Any]) -> str:
    """As text."""
    head = [safe(told["kind"])]
    if told.get("hypervisor"):
        head.append(safe(told["hypervisor"]))
    if "records" in told:
        head.append(f"{told['records']:,} records of {told['cpus']} CPUs")
    if told.get("events"):
        head.append(f"{sum(told['events'].values()):,} events")
    head.append(f"{told['span_ns'] / 1e9:,.6f} s")
    lines = [f"{safe(told['path'])}: {', '.join(head)}"]
    if "hz" in told:
        how = "measured" if told["hz_measured"] else "assumed: the capture does not tell"
        lines.append(f"TSC at {told['hz'] / 1e9:.3f} GHz ({how})")
    lost = told.get("lost") or {}
    if lost.get("records"):
        lines.append(f"{lost['records']:,} records lost in {lost['gaps']:,} gaps")
    if told.get("truncated"):
        lines.append("the file ends in the middle of a window")
    if told.get("cut_off"):
        lines.append(f"{told['cut_off']:,} windows end in the middle of a record")
    if told.get("out_of_order"):
        lines.append(f"records came out of order {told['out_of_order']:,} times")
    lines += [safe(line) for line in told.get("notes", ())]
    if told.get("events"):
        lines.append("events: " + ", ".join(f"{n:,} {ev}" for ev, n in told["events"].items()))
    for domain in told["domains"]:
        name = "guest" if domain["domain"] is None else f"domain {domain['domain']}"
        count = len(domain["vcpus"])
        lines += [
            "",
            f"{name}: {_of(domain['guest'], count)}, {domain['switches']:,} switches",
        ]
        lines += [f"  {safe(op)}: {n:,} calls" for op, n in domain["calls"].items()]
        rows = [v for v in domain["vcpus"] if v["states"]]
        if rows:
            lines.append("  vCPU  state        spells            time" + _cycles(rows, ""))
        for vcpu in rows:
            label = f"{vcpu['vcpu']:>6}"
            for state, spent in vcpu["states"].items():
                lines.append(
                    f"{label}  {state:<9}{spent['spells']:>10,}{spent['ns'] / 1e9:>14,.6f} s"
                    + _cycles(rows, f"{spent.get('cycles', 0):,}")
                )
                label = " " * 6
    return "\n".join(lines) + "\n"


def _of(guest: str, vcpus: int) -> str:
    return f"{safe(guest)}, {vcpus} vCPU{'s' * (vcpus != 1)}"


def _cycles(rows: list[dict[str, Any]], text: str) -> str:
    """The column of cycles, where the recording counts them."""
    states = rows[0]["states"].values()
    return f"{text or 'cycles':>20}" if any("cycles" in spent for spent in states) else ""
