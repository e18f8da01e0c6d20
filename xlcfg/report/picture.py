"""What a page shows of one guest under both policies, as plain data that travels between machines.

{
  "vcpus": 2, "events": 6631, "unit": "ns", "start": 0, "width": 50000000, "columns": 131,
  "stages": [[x, "kernel"]],
  "policies": {"update": {
    "model": "xen-arm", "title": "...", "calls": 2, "refused": 0,
    "fates": {"delivered": 4596, "lost": 1206},
    "first": [x, line, "vCPU 0", "lost", "in user mode ..."] or null,
    "findings": [{"code", "severity", "message", "help", "lines"}],
    "lanes": [{"name": "vCPU 0", "fates": {"lost": [[column, number], ...]},
               "calls": [[x, "line 12: op 5 ..."]]}]
  }, "hypercall": ...}
}

`x` and `width` are nanoseconds or trace lines, as `unit` says. The lanes of both policies are those
of the same vCPUs, in the same order; a secondary time area has one of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcfg.emulator.overview import FATES, Lane
from xlcfg.emulator.terms import OP_NUMBERS, errno_name
from xlcfg.rules.replay import findings

if TYPE_CHECKING:
    from xlcfg.emulator.comparing import Comparison
    from xlcfg.emulator.overview import Overview
    from xlcfg.emulator.results import Replay

#: vCPUs that have lanes of their own; the others share one.
LANES = 16
#: Calls that are marked on a lane.
_CALLS = 40

#: An update that does not arrive, in words for its obstacle or its kind of wrong place.
_WHY = {
    "unmapped": "the address is not mapped",
    "other tables": "the page tables in force do not map the address",
    "read-only": "the area is mapped read-only",
    "no RAM": "the address leads to no RAM",
    "ballooned out": "the frame is ballooned out",
    "page replaced": "another page is behind the frame now",
    "other area": "it goes to the physical area that was registered before",
    "foreign": "other page tables map the address to another frame",
    "mmu-off": "with the MMU off the address is taken as guest-physical",
    "stale": "the address names another frame now, and Xen does not follow",
    "reused": "the frame is put to another use",
    "stage": "another program runs now",
    "": "no area is in force",
}


def picture(comparison: Comparison, overview: Overview) -> dict[str, Any]:
    """The picture of one guest."""
    names = _shown(overview)
    return {
        "vcpus": comparison.update.header.vcpus,
        "events": comparison.update.events,
        "unit": overview.unit,
        "start": overview.start,
        "width": overview.width,
        "columns": overview.columns,
        "stages": [list(stage) for stage in overview.stages],
        "policies": {
            replay.policy: _policy(replay, overview.lanes[replay.policy], names)
            for replay in (comparison.update, comparison.hypercall)
        },
    }


#: A vCPU, and whether it is about its time area.
_Key = tuple[int, bool]


def _key(lane: Lane) -> _Key:
    return lane.index, lane.time


def _called(key: _Key) -> str:
    return f"vCPU {key[0]}" + (", time area" if key[1] else "")


def _shown(overview: Overview) -> dict[_Key, str]:
    """The lane of each vCPU, by its name: those that something happens to have one of their own."""
    known = {_key(lane) for lanes in overview.lanes.values() for lane in lanes}
    hurt = {
        _key(lane)
        for lanes in overview.lanes.values()
        for lane in lanes
        if any(fate != FATES[0] for fate in lane.counts)
    }
    order = sorted(known, key=lambda key: (key not in hurt, key))
    own = order if len(order) <= LANES else order[: LANES - 1]
    what = "areas" if any(time for _, time in order) else "vCPUs"
    rest = f"{len(order) - len(own)} more {what}"
    return {key: _called(key) if key in own else rest for key in sorted(order)}


def _policy(replay: Replay, lanes: list[Lane], names: dict[_Key, str]) -> dict[str, Any]:
    return {
        "model": replay.model.name,
        "title": replay.model.title,
        "calls": replay.total("registered"),
        "refused": replay.total("refused"),
        "fates": {
            fate: number for fate in FATES if (number := sum(lane.total(fate) for lane in lanes))
        },
        "first": _first(lanes),
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "message": one.message,
                "help": one.help,
                "lines": list(one.lines),
            }
            for one in findings(replay)
        ],
        "lanes": _lanes(lanes, names),
    }


def _lanes(lanes: list[Lane], names: dict[_Key, str]) -> list[dict[str, Any]]:
    order = sorted(dict.fromkeys(names.values()), key=lambda name: not name.startswith("vCPU"))
    shown: dict[str, Any] = {name: {"name": name, "fates": {}, "calls": []} for name in order}
    for lane in lanes:
        into = shown[names[_key(lane)]]
        for fate, counts in lane.counts.items():
            merged = into["fates"].setdefault(fate, {})
            for column, number in counts.items():
                merged[column] = merged.get(column, 0) + number
        into["calls"] += [[x, _call(line, *call)] for x, line, *call in lane.calls]
    for into in shown.values():
        into["fates"] = {
            fate: sorted(map(list, into["fates"][fate].items()))
            for fate in FATES
            if fate in into["fates"]
        }
        into["calls"] = sorted(into["calls"])[:_CALLS]
    return list(shown.values())


def _call(line: int, *call: Any) -> str:
    op, addr, answer = call
    outcome = f"returns {errno_name(answer)}" if answer else "is taken"
    return f"line {line}: op {OP_NUMBERS[op]} with {addr:#x} {outcome}"


def _first(lanes: list[Lane]) -> list[Any] | None:
    """The first update that fails for good."""
    failed = [
        (line, x, _called(_key(lane)), fate, why, where)
        for lane in lanes
        for fate, (x, line, why, where) in lane.first.items()
        if fate in FATES[2:]
    ]
    if not failed:
        return None
    line, x, called, fate, why, (state, level, space) = min(failed, key=lambda one: one[0])
    words = [state, f"EL{level}" if level is not None else ""]
    words.append(f"address space {space}" if space is not None else "")
    place = " ".join(filter(None, words))
    return [x, line, called, fate, _WHY.get(why, why) + (f" ({place})" if place else "")]
