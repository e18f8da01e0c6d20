"""Checking a trace itself: its form, and the order of its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from xlcfg.core.diagnostics import ERROR, WARNING

from .events import Header, TraceError, clock_error
from .maps import RangeMap
from .terms import PAGE_SHIFT, PAGE_SIZE
from .trace import Reader, Source


@dataclass(slots=True)
class Problem:
    """`error`: the line is not valid format 1; `warning`: it is, but it cannot have happened in
    this order. `line` counts from 1, 0 stands for the input as a whole.
    """

    line: int
    severity: str
    message: str


def lint_trace(trace: Source, *, limit: int = 1000) -> Iterator[Problem]:
    """Problems of a trace in the order of its lines, at most `limit`. Never raises `TraceError`."""
    try:
        with Reader(trace) as reader:
            for count, problem in enumerate(_problems(reader), 1):
                yield problem
                if count >= limit:
                    return
    except TraceError as error:
        yield Problem(error.line, ERROR, error.message)


def _problems(reader: Reader) -> Iterator[Problem]:
    order = _Order(reader.header)
    clock = -1
    for first, block in reader.blocks():
        for number, line in enumerate(block[:-1].split(b"\n"), first):
            if not line or line.isspace():
                continue
            try:
                ev, t, args = reader.event(number, line)
                if t is not None:
                    if t < clock:
                        raise clock_error(number, t, clock)
                    clock = t
            except TraceError as error:
                yield Problem(number, ERROR, error.message)
                continue
            check = order.checks.get(ev)
            if check is not None:
                for message in check(*args):
                    yield Problem(number, WARNING, f"{ev}: {message}")


class _Order:
    """What has to be true for an event to happen."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.online = {0}
        self.running = {0}
        self.user: set[int] = set()
        self.stamp = 0
        self.present = RangeMap()
        for gfn, pages in header.ram:
            self._set(gfn << PAGE_SHIFT, pages, 0)
        self.checks: dict[str, Callable[..., Iterator[str]]] = {
            "map": self.map,
            "unmap": self.unmap,
            "mode": self.mode,
            "vcpu_op": self.vcpu_op,
            "switch_out": self.switch_out,
            "switch_in": self.switch_in,
            "vcpu_up": self.vcpu_up,
            "vcpu_down": self.vcpu_down,
            "p2m_remove": self.p2m_remove,
            "p2m_add": self.p2m_add,
            "observe": self.observe,
            "read": self.read,
        }

    def _set(self, gpa: int, pages: int, value: int) -> None:
        self.stamp += 1
        self.present.set(gpa >> PAGE_SHIFT, pages, value, self.stamp)

    def _on_cpu(self, vcpu: int) -> Iterator[str]:
        if vcpu not in self.online:
            yield f"vCPU {vcpu} is offline"
        elif vcpu not in self.running:
            yield f"vCPU {vcpu} is off its CPU"

    def map(self, _space: int, va: int, gpa: int, _pages: int, _ro: bool) -> Iterator[str]:
        if va % PAGE_SIZE or gpa % PAGE_SIZE:
            yield "va and gpa should be the first byte of a page"

    def unmap(self, _space: int, va: int, _pages: int) -> Iterator[str]:
        if va % PAGE_SIZE:
            yield "va should be the first byte of a page"

    def mode(self, vcpu: int, mode: str, _retry: bool | None) -> Iterator[str]:
        user = mode == "user"
        if user == (vcpu in self.user):
            yield f"vCPU {vcpu} is in {mode} mode already"
        (self.user.add if user else self.user.discard)(vcpu)

    def vcpu_op(self, vcpu: int, *_: Any) -> Iterator[str]:
        yield from self._on_cpu(vcpu)
        if vcpu in self.user:
            yield f"vCPU {vcpu} is in user mode, hypercalls come from kernel mode"

    def switch_out(self, vcpu: int, _state: str, *_: Any) -> Iterator[str]:
        yield from self._on_cpu(vcpu)
        self.running.discard(vcpu)

    def switch_in(self, vcpu: int, *_: Any) -> Iterator[str]:
        if vcpu not in self.online:
            yield f"vCPU {vcpu} is offline"
        elif vcpu in self.running:
            yield f"vCPU {vcpu} is on a CPU already"
        self.running.add(vcpu)

    def vcpu_up(self, target: int) -> Iterator[str]:
        if target in self.online:
            yield f"vCPU {target} is online already"
        self.online.add(target)

    def vcpu_down(self, target: int) -> Iterator[str]:
        if target not in self.online:
            yield f"vCPU {target} is offline already"
        elif target in self.running:
            yield f"vCPU {target} is on a CPU: a switch_out comes first"
        self.online.discard(target)
        self.running.discard(target)

    def p2m_remove(self, gpa: int, pages: int) -> Iterator[str]:
        if self.present.get(gpa >> PAGE_SHIFT) < 0:
            yield f"no frame at {gpa:#x}"
        self._set(gpa, pages, -1)

    def p2m_add(self, gpa: int, pages: int, _same_page: bool) -> Iterator[str]:
        if self.present.get(gpa >> PAGE_SHIFT) >= 0:
            yield f"the frame at {gpa:#x} is backed already"
        self._set(gpa, pages, 0)

    def observe(self, frames: tuple[tuple[int, int, int], ...]) -> Iterator[str]:
        for gfn, _, _ in frames:
            if self.present.get(gfn) < 0:
                yield f"no frame at {gfn << PAGE_SHIFT:#x} to be observed"

    def read(self, vcpu: int, _target: int) -> Iterator[str]:
        yield from self._on_cpu(vcpu)
