"""Shrinking a trace while what is interesting about it stays."""

from __future__ import annotations

from collections.abc import Callable

from .models import Model
from .replaying import Replay, replay
from .trace import Reader, Source, TraceError


def minimise_trace(
    trace: Source | Reader,
    policy: str,
    *,
    code: str | None = None,
    keep: Callable[[Replay], bool] | None = None,
    model: Model | str | None = None,
) -> list[bytes]:
    """The lines of a trace from which no event can be taken away without losing a finding.

    Kept is the finding `code`; or whatever `keep` says about a replay; by default, a recorded
    result that differs from the prediction. The trace is held in memory and replayed many times.
    Raises `TraceError` if it cannot be read, `ValueError` if it lacks what is to be kept.
    """
    verify = code in (None, "RT116")
    wanted = keep or _keeper(code)
    with trace if isinstance(trace, Reader) else Reader(trace) as reader:
        lines = [line for _, block in reader.blocks() for line in block[:-1].split(b"\n")]
        header = reader.header_line
    lines = [line for line in lines if line and not line.isspace()]

    def interesting(candidate: list[bytes]) -> bool:
        try:
            return wanted(replay([header, *candidate], policy, model=model, verify=verify))
        except TraceError:
            return False

    replay([header, *lines], policy, model=model)  # a broken trace is said to be broken
    if not interesting(lines):
        raise ValueError("the trace does not show what is to be kept")
    # Notes, and recordings that agree, are dropped in the first rounds; then ever smaller pieces.
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


def _keeper(code: str | None) -> Callable[[Replay], bool]:
    if code is None:
        return lambda result: result.verification is not None and not result.verification.ok
    return lambda result: any(finding.code == code for finding in result.findings)
