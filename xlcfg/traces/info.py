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
from xlcfg.emulator import Reader, TraceError

if TYPE_CHECKING:
    from xlcfg.emulator import Event
    from xlcfg.emulator.trace import Source

STATES = ("running", "runnable", "blocked", "offline", "lost")


def of_trace(source: Source) -> dict[str, Any]:
    """What a boot trace holds. Raises TraceError.

    Time is known from where the trace first switches a vCPU; a vCPU that waits has the state it
    was taken off its CPU with, though it may have been woken since.
    """
    totals = _Totals()
    with Reader(source) as reader:
        header = reader.header
        for event in reader:
            totals.add(event)
    totals.end_spells()
    return {
        "kind": "boot trace",
        "guest": f"{header.arch} {header.guest}",
        "hypervisor": header.hypervisor,
        "policy": header.policy,
        "span_ns": totals.end - (totals.begin or 0),
        "events": dict(totals.events.most_common()),
        "domains": [
            {
                "domain": None,
                "guest": f"{header.arch} {header.guest}",
                "switches": totals.switches,
                "calls": dict(sorted(totals.calls.items())),
                "vcpus": [
                    {"vcpu": vcpu, "states": totals.states(vcpu)} for vcpu in range(header.vcpus)
                ],
            }
        ],
    }


def of_plugin(info: Any) -> dict[str, Any]:
    """What a plugin's recording says of itself. TraceError for what cannot be shown."""
    import json

    try:
        json.dumps(info)
        render({**info, "path": ""})
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise TraceError(0, f"its plugin's info() cannot be shown: {error!r}") from None
    return dict(info)


class _Totals:
    """What the events of a trace add up to; times in ns."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.switches = 0
        self.begin: int | None = None
        self.end = 0
        #: (vCPU, state) -> how often, and how long
        self._spells: Counter[tuple[int, str]] = Counter()
        self._ns: Counter[tuple[int, str]] = Counter()
        #: vCPU -> its state, and since when
        self._since: dict[int, tuple[str, int]] = {}

    def add(self, event: Event) -> None:
        """Count an event."""
        self.events[event.ev] += 1
        if event.t is not None:
            self.begin = event.t if self.begin is None else self.begin
            self.end = event.t
        if event.ev in ("switch_in", "switch_out"):
            self.switches += 1
            state = "running" if event.ev == "switch_in" else event.args[1]
            if event.t is not None:
                self._enter(event.args[0], state, event.t)
        elif event.ev == "vcpu_op":
            self.calls[event.args[1]] += 1

    def _enter(self, vcpu: int, state: str, t: int) -> None:
        if vcpu in self._since:
            self._add_spell(vcpu, t)
        self._since[vcpu] = state, t

    def _add_spell(self, vcpu: int, t: int) -> None:
        state, since = self._since[vcpu]
        self._spells[vcpu, state] += 1
        self._ns[vcpu, state] += t - since

    def end_spells(self) -> None:
        """The trace ends."""
        for vcpu, (_, since) in self._since.items():
            if self.end > since:
                self._add_spell(vcpu, self.end)

    def states(self, vcpu: int) -> dict[str, dict[str, int]]:
        """State -> spells and ns of a vCPU."""
        return {
            state: {"spells": self._spells[vcpu, state], "ns": self._ns[vcpu, state]}
            for state in STATES
            if self._spells[vcpu, state]
        }


def render(info: dict[str, Any]) -> str:
    """As text."""
    head = [safe(info["kind"])]
    if info.get("hypervisor"):
        head.append(safe(info["hypervisor"]))
    if "records" in info:
        head.append(f"{info['records']:,} records of {info['cpus']} CPUs")
    if info.get("events"):
        head.append(f"{sum(info['events'].values()):,} events")
    head.append(f"{info['span_ns'] / 1e9:,.6f} s")
    lines = [f"{safe(info['path'])}: {', '.join(head)}"]
    if "hz" in info:
        how = "measured" if info["hz_measured"] else "assumed: the capture does not tell"
        lines.append(f"TSC at {info['hz'] / 1e9:.3f} GHz ({how})")
    lost = info.get("lost") or {}
    if lost.get("records"):
        lines.append(f"{lost['records']:,} records lost in {lost['gaps']:,} gaps")
    if info.get("truncated"):
        lines.append("the file ends in the middle of a window")
    if info.get("cut_off"):
        lines.append(f"{info['cut_off']:,} windows end in the middle of a record")
    if info.get("out_of_order"):
        lines.append(f"records came out of order {info['out_of_order']:,} times")
    lines += [safe(line) for line in info.get("notes", ())]
    if info.get("events"):
        lines.append("events: " + ", ".join(f"{n:,} {ev}" for ev, n in info["events"].items()))
    for domain in info["domains"]:
        name = "guest" if domain["domain"] is None else f"domain {domain['domain']}"
        count = len(domain["vcpus"])
        lines += [
            "",
            f"{name}: {_of(domain['guest'], count)}, {domain['switches']:,} switches",
        ]
        lines += [
            f"  {safe(op)}: {n:,} call{'s' if n != 1 else ''}" for op, n in domain["calls"].items()
        ]
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
