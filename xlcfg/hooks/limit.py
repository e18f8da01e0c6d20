"""A time limit for calls of plugins, so that one that hangs is named instead of waited for.

An alarm interrupts Python code, `time.sleep` and most waiting for the system; a loop in C that
never returns is out of its reach. Without alarms (Windows, or a thread other than the main one)
there is no limit.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: The environment variable with the limit in seconds; 0 is for none.
VARIABLE = "XLCFG_PLUGIN_TIMEOUT"
DEFAULT = 30.0


class PluginTimeout(BaseException):
    """A plugin took too long. No Exception: a plugin's own `except Exception` shall not eat it."""


def seconds() -> float:
    """The limit in force."""
    try:
        wanted = float(os.environ.get(VARIABLE) or DEFAULT)
    except ValueError:
        return DEFAULT
    return wanted if 0 <= wanted < 1e8 else DEFAULT


_running = False


def limited(call: Callable[[], T]) -> T:
    """The result of `call`. Raises `PluginTimeout` when it takes longer than the limit."""
    global _running
    limit = seconds()
    if _running or not limit or not hasattr(signal, "setitimer"):
        return call()
    over = False

    def ring(_number: int, _frame: object) -> None:
        if not over:
            raise PluginTimeout(f"it took longer than {limit:g} seconds ({VARIABLE})")

    try:
        before = signal.signal(signal.SIGALRM, ring)
    except ValueError:  # not in the main thread
        return call()
    _running = True
    # again and again, for a plugin that catches everything
    signal.setitimer(signal.ITIMER_REAL, limit, 0.5)
    try:
        return call()
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _running = False
