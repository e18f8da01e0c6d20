"""Shrinking a trace while what is interesting about it stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .events import TraceError
from .models import Model
from .replaying import replay
from .results import Replay
from .trace import Reader, Source


def minimise_trace(
    trace: Source | Reader,
    policy: str,
    *,
    keep: Callable[[Replay], bool] | None = None,
    verify: bool = False,
    model: Model | str | None = None,
) -> list[bytes]:
    """The lines of a trace from which no event can be taken away without losing what is kept.

    Kept is whatever `keep` says about a replay, which verifies recorded results if `verify`; by
    default, the first recorded result that differs from the prediction, with both values. The trace
    is held in memory and replayed many times. Raises `TraceError` if it cannot be read,
    `ValueError` if it lacks what is to be kept.
    """
    verify = verify or keep is None
    with trace if isinstance(trace, Reader) else Reader(trace) as reader:
        lines = [line for block in reader.texts() for line in block[:-1].split(b"\n")]
        header = reader.header_line
    lines = [line for line in lines if line and not line.isspace()]

    whole = replay([header, *lines], policy, model=model, verify=verify)
    wanted = keep or _same_difference(whole)

    def interesting(candidate: list[bytes]) -> bool:
        try:
            return wanted(replay([header, *candidate], policy, model=model, verify=verify))
        except TraceError:
            return False

    if not interesting(lines):
        raise ValueError("the trace does not show what is to be kept")
    size = max(1, len(lines) // 2)
    while True:
        shrunk = False
        start = 0
        while start < len(lines):
            candidate = lines[:start] + lines[start + size :]
            if interesting(candidate):
                lines = candidate
                shrunk = True
            else:
                start += size
        if size > 1:
            size //= 2
        elif not shrunk:
            return [header, *lines]


def _same_difference(whole: Replay) -> Callable[[Replay], bool]:
    def what(result: Replay) -> list[tuple[str, Any, Any]]:
        verification = result.verification
        differences = verification.differences if verification is not None else []
        return [(one.kind, one.recorded, one.predicted) for one in differences]

    wanted = what(whole)[:1]
    return lambda result: bool(wanted) and wanted[0] in what(result)
