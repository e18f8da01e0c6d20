"""Recordings that know less than a boot trace: what they hold, and verdicts that stay honest.

A trace reader says in the header's `lacks` what its recording cannot tell, and in notes what it
saw of it (`docs/plugins/recordings.md`).  `Incomplete` watches the lines go by to the
emulator, counts, and puts in what the user knows: `--assume-area VCPU=VA@GPA`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any, NamedTuple

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic
from xlcfg.emulator import TraceError
from xlcfg.emulator.terms import REGISTER_PHYS, REGISTER_VA

PAGE = 4096
#: Bounds of what is kept of a hostile recording.
_MOST = 10_000
_VCPU = re.compile(r'"vcpu": ?(\d+)')
_AREA = re.compile(r"(\d{1,4})=(0x[0-9a-fA-F]{1,16})(?:@(0x[0-9a-fA-F]{1,16}))?\Z")
_SEVERITIES = (ERROR, WARNING, INFO)


class Area(NamedTuple):
    """Where a vCPU's area is said to be: `gpa` None where nobody knows what `va` translates to."""

    va: int
    gpa: int | None


def parse_areas(words: Iterable[str]) -> dict[int, Area]:
    """vCPU -> area from `VCPU=VA[@GPA],...`; ValueError says what is wrong."""
    areas: dict[int, Area] = {}
    for word in words:
        for part in word.split(","):
            found = _AREA.match(part.strip())
            if found is None:
                raise ValueError(
                    f"{part!r} is not VCPU=VA or VCPU=VA@GPA, as in 0=0xffff8000@0x8000"
                )
            gpa = int(found[3], 16) if found[3] else None
            areas[int(found[1])] = Area(int(found[2], 16), gpa)
    return areas


class Incomplete:
    """What a recording lacks and holds. Complete when its lines have been read to the end.

    `lacks` is empty for a boot trace, which passes through untouched.
    """

    def __init__(self, areas: dict[int, Area] | None = None) -> None:
        self.areas = areas or {}
        self.header: dict[str, Any] = {}
        self.lacks: frozenset[str] = frozenset()
        self.switches: Counter[int] = Counter()
        #: (operation, target) -> calls seen
        self.calls: Counter[tuple[str, int | None]] = Counter()
        self.lost = self.gaps = self.gap_ns = 0
        self.walks: Counter[str] = Counter()
        self.findings: list[Diagnostic] = []
        #: vCPU -> switches since its registration was seen, for areas of unknown translation
        self.due: Counter[int] = Counter()
        self.filled: set[int] = set()
        #: assumed areas that no call in the recording registers: taken as registered before
        self.early: set[int] = set()

    # -- watching -------------------------------------------------------------------------------

    def watch(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines for the emulator, with the assumed areas put in. Raises TraceError."""
        rest = iter(lines)
        first = next(rest, None)
        if first is None:
            return
        try:
            header = json.loads(first)
            lacks = header.get("lacks") if isinstance(header, dict) else None
        except (ValueError, RecursionError):
            lacks = None
        if not isinstance(lacks, list):
            yield first
            yield from rest
            return
        self.header = header
        self.lacks = frozenset(word for word in lacks if isinstance(word, str))
        yield self._with_memory(first)
        yield from self._mappings()
        seen = header.get("registers")
        early = set(self.areas) - set(seen if isinstance(seen, list) else ())
        for number, line in enumerate(rest, 2):
            if '"switch_' in line:
                found = _VCPU.search(line)
                vcpu = int(found[1]) if found else 0
                self.switches[vcpu] += 1
                if vcpu in early:
                    early.discard(vcpu)
                    self.early.add(vcpu)
                    yield from self._register(vcpu, vcpu, REGISTER_VA)
                if vcpu in self.due:
                    self.due[vcpu] += 1
                yield line
            elif '"note"' in line:
                yield line
                yield from self._noted(line, number)
            else:
                yield line

    def _with_memory(self, first: str) -> str:
        vcpus = self.header.get("vcpus")
        beyond = [v for v in self.areas if not isinstance(vcpus, int) or v >= vcpus]
        if beyond:
            raise TraceError(0, f"--assume-area: there is no vCPU {beyond[0]} in this recording")
        frames = self.frames()
        if not frames:
            return first
        ram = [{"gpa": hex(gpa), "pages": 1} for gpa in sorted({g for _, g in frames})]
        return json.dumps({**self.header, "ram": ram}) + "\n"

    def frames(self) -> list[tuple[int, int]]:
        """(virtual page, guest frame) of every assumed area, as addresses."""
        size = 44 if self.header.get("arch") == "x86_32" else 48
        out = []
        for area in self.areas.values():
            if area.gpa is not None:
                for at in sorted({0, (area.va % PAGE + size - 1) // PAGE}):
                    at *= PAGE
                    out.append((area.va // PAGE * PAGE + at, area.gpa // PAGE * PAGE + at))
        return out

    def _mappings(self) -> Iterator[str]:
        frames = self.frames()
        if not frames:
            return
        for vcpu in range(self.header["vcpus"]):
            yield json.dumps({"ev": "use_space", "vcpu": vcpu, "space": 0}) + "\n"
            yield json.dumps({"ev": "mmu", "vcpu": vcpu, "on": True}) + "\n"
        for va, gpa in frames:
            event = {"ev": "map", "space": 0, "va": hex(va), "gpa": hex(gpa)}
            yield json.dumps(event) + "\n"

    def _register(self, caller: int, target: int, op: str) -> Iterator[str]:
        area = self.areas.get(target)
        if area is None:
            return
        if area.gpa is None:
            self.due.setdefault(target, 0)
            return
        self.filled.add(target)
        addr = area.gpa if op == REGISTER_PHYS else area.va
        call = {"ev": "vcpu_op", "vcpu": caller, "op": op, "target": target, "addr": hex(addr)}
        yield json.dumps(call) + "\n"

    def _noted(self, line: str, number: int) -> Iterator[str]:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(event, dict):
            return
        count = event.get("lost")
        if type(count) is int:
            self.lost += count
            self.gaps += 1
            ns = event.get("ns")
            self.gap_ns += ns if type(ns) is int else 0
        op, target = event.get("op"), event.get("target")
        if isinstance(op, str) and (target is None or type(target) is int):
            if len(self.calls) < _MOST:
                self.calls[op, target] += 1
            if target is not None and op in (REGISTER_VA, REGISTER_PHYS):
                caller = event.get("vcpu")
                yield from self._register(caller if type(caller) is int else 0, target, op)
        walk = event.get("failed_walk")
        if isinstance(walk, str) and (walk in self.walks or len(self.walks) < _MOST):
            self.walks[walk] += 1
        finding = event.get("finding")
        if isinstance(finding, dict) and len(self.findings) < _MOST:
            severity = finding.get("severity")
            at = finding.get("line")
            self.findings.append(
                Diagnostic(
                    str(finding.get("code")),
                    severity if severity in _SEVERITIES else INFO,
                    str(finding.get("message")),
                    start=at if type(at) is int else number,
                )
            )

    # -- reporting ------------------------------------------------------------------------------

    @property
    def areas_unknown(self) -> bool:
        """The emulator knows of no area: its figures say nothing about this guest."""
        return "areas" in self.lacks and not self.filled

    def registered(self, op: str) -> set[int]:
        """The vCPUs for which the recording shows this registration; a call for one that the guest
        does not have fails.
        """
        vcpus = self.header.get("vcpus", 0)
        return {t for called, t in self.calls if called == op and t is not None and t < vcpus}

    @property
    def verdict(self) -> str:
        """One sentence: what is known, and what is not in this recording."""
        parts = []
        total = self.switches.total()
        if "switches" not in self.lacks or total:
            parts.append(f"{total:,} switch{'es' * (total != 1)}")
        by = []
        for op, how in ((REGISTER_VA, "virtual"), (REGISTER_PHYS, "physical")):
            vcpus = len(self.registered(op))
            if vcpus:
                by.append(f"by {how} address on {vcpus} vCPU{'s' * (vcpus != 1)}")
        if "areas" not in self.lacks:
            parts.append(f"not in this recording: {', '.join(sorted(self.lacks))}")
        elif by:
            parts.append(f"this guest registers {' and '.join(by)}")
        if self.walks:
            walks = self.walks.total()
            parts.append(
                f"{walks:,} failed walk{'s' * (walks != 1)} of {len(self.walks):,} "
                f"address{'es' * (len(self.walks) != 1)}"
            )
        unknown = sum(n for (op, _), n in self.calls.items() if op == "unknown")
        if unknown:
            parts.append(f"{unknown:,} vcpu_op calls whose operation is not in this trace")
        if "areas" not in self.lacks:
            pass
        elif not by and not self.walks:
            parts.append("no registration is in this trace")
        elif not self.filled:
            parts.append("addresses not in this trace" if by else "no switch is in this trace")
        for vcpu in sorted(set(self.areas) - self.filled):
            area = self.areas[vcpu].va
            number = self.due[vcpu]
            due = f"vCPU {vcpu}: {number:,} update{'s' * (number != 1)} due at {area:#x}"
            parts.append(f"{due}, whose translation is not in this trace")
        return "; ".join(parts)

    def text(self) -> list[str]:
        """Lines on what is missing and what was assumed."""
        lines = []
        if self.gaps:
            lines += wrap(self.loss, 80)
        for walk, count in self.walks.most_common(20):
            lines.append(f"{walk:>20}  {count:>10,} failed: {self._missed(walk, count)}")
        if len(self.walks) > 20:
            lines.append(f"  ... and {len(self.walks) - 20} more addresses")
        for vcpu in sorted(self.filled):
            area = self.areas[vcpu]
            text = f"assumed: vCPU {vcpu}'s area is at {area.va:#x}, always backed by {area.gpa:#x}"
            if vcpu in self.early:
                text += ", and registered before the vCPU is seen to run"
            lines += wrap(text, 80)
        return lines

    def _missed(self, walk: str, count: int) -> str:
        """An update writes the area once; with the update flag, a byte of it before and after."""
        try:
            area = f"{int(walk, 16) - 15:#x}"
        except ValueError:
            area = ""
        if area in self.walks:
            return f"the flag byte of the area at {area}"
        return f"{count:,} missed update{'s' * (count != 1)}"

    @property
    def loss(self) -> str:
        """What the tracer lost, in words."""
        times = f", {self.gap_ns / 1e6:,.3f} ms of CPU time" if self.gap_ns else ""
        return (
            f"{self.lost:,} records lost in {self.gaps:,} gap{'s' * (self.gaps != 1)}{times}: "
            "what happened there is not in this trace"
        )

    def diagnostics(self) -> list[Diagnostic]:
        """What the recording itself gives cause to say."""
        out = list(self.findings)
        if self.gaps:
            out.append(Diagnostic("IO009", INFO, self.loss))
        return out

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "lacks": sorted(self.lacks),
            "switches": {str(v): n for v, n in sorted(self.switches.items())},
            "calls": [
                {"op": op, "target": target, "calls": n}
                for (op, target), n in sorted(self.calls.items(), key=str)
            ],
            "lost": {"records": self.lost, "gaps": self.gaps, "ns": self.gap_ns},
            "failed_walks": dict(self.walks.most_common()),
            "assumed": [
                {"vcpu": v, "va": hex(a.va), "gpa": None if a.gpa is None else hex(a.gpa)}
                for v, a in sorted(self.areas.items())
            ],
        }
