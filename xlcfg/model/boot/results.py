"""What a handler makes of a value, and the errors it returns."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EINVAL = -22
E2BIG = -7
ERANGE = -34
EOVERFLOW = -75

Result = namedtuple("Result", ("rc", "bad", "parts"))
Result.__doc__ = """What a handler makes of a value.

`rc` is what it returns, 0 or a negative errno; `bad` are `(start, end)` of what it refuses within
the value, and `parts` what it takes: sub-option name ("" for the value itself) to value.
"""


def refuse(text: str, at: int = 0, rc: int = EINVAL, **parts: Any) -> Result:
    return Result(rc, ((at, len(text)),), parts)


def rest(text: str, at: int, **parts: Any) -> Result:
    """What a handler returns that refuses text left at `at`."""
    return refuse(text, at, **parts) if at < len(text) else Result(0, (), {"": text, **parts})
