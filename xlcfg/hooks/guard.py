"""Runs what plugins bring: names who fails, keeps standard output ours, takes no malformed answer.

Whatever a plugin raises, `SystemExit` and `GeneratorExit` included, is noted as a `PluginFailure`
and the run goes on; only Ctrl-C passes. What a plugin prints goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from xlcfg.core.diagnostics import SEVERITIES, Diagnostic, Fix
from xlcfg.hooks.failures import PluginFailure
from xlcfg.hooks.limit import PluginTimeout, limited

T = TypeVar("T")

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Guard:
    """Calls the code of one plugin; what goes wrong is appended to `failures`."""

    def __init__(self, plugin: str, failures: list[PluginFailure]) -> None:
        self.plugin = plugin
        self.failures = failures

    def call(self, hook: str, function: Callable[[], T], *, code: Any = None) -> T | None:
        """The answer of `function`, None when it fails.

        `hook` says what it was asked for; `code` is the plugin's own function, to be pointed at
        where the failure leaves no trace in the plugin.
        """
        try:
            with stdout_to_stderr():
                return limited(function)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.fail(hook, error, code=code)
            return None

    def fail(self, hook: str, error: BaseException, *, code: Any = None) -> None:
        """Note what went wrong; of a rule only the first time."""
        if hook.startswith("rule ") and any(
            f.plugin == self.plugin and f.hook == hook for f in self.failures
        ):
            return
        self.failures.append(
            PluginFailure(self.plugin, hook, describe(error), place(error, code), trace(error))
        )


@contextlib.contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Everything printed meanwhile goes to standard error: standard output is for results.

    That holds for `print`, for `sys.__stdout__` and for writes to file descriptor 1.
    """
    python = sys.stdout, sys.__stdout__
    with contextlib.suppress(OSError, ValueError):
        if python[0] is not None:
            python[0].flush()
    kept = -1
    with contextlib.suppress(OSError):
        kept = os.dup(1)
        os.dup2(2, 1)
    sys.stdout = sys.__stdout__ = sys.stderr  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.flush()
        sys.stdout, sys.__stdout__ = python  # type: ignore[misc]
        if kept >= 0:
            os.dup2(kept, 1)
            os.close(kept)


def seal_stdout() -> None:
    """Send what threads and exit handlers of plugins still print to standard error."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stdout is not None:
            sys.stdout.flush()
        os.dup2(2, 1)


def describe(error: BaseException) -> str:
    """The error's name and text on one line, whatever its text does."""
    name = type(error).__name__
    try:
        text = " ".join(str(error).split())
    except BaseException as another:
        text = f"(its text cannot be had: {type(another).__name__})"
    if isinstance(error, PluginTimeout):
        return text
    return f"{name}: {text}" if text else name


def place(error: BaseException, code: Any = None) -> str:
    """`file:line` of the innermost code of a plugin that the error went through; "" for none."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}"
    found = ""
    frame = error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if not name.startswith((_OURS, "<frozen ")) and not _is_library(name):
            found = f"{name}:{frame.tb_lineno}"
        frame = frame.tb_next
    if not found:
        inner = getattr(getattr(code, "__func__", code), "__code__", None)
        if inner is not None:
            found = f"{inner.co_filename}:{inner.co_firstlineno}"
    return found


def _is_library(name: str) -> bool:
    return name.startswith(os.path.dirname(os.__file__)) and "site-packages" not in name


def trace(error: BaseException) -> str:
    """The traceback as Python prints it."""
    try:
        return "".join(traceback.format_exception(error))
    except BaseException:  # an exception that cannot even be printed
        return describe(error) + "\n"


# ---- findings of plugins ------------------------------------------------------------------------


class GuardedRule:
    """A plugin's rule: what its check raises is noted, and so are findings of no use."""

    def __init__(self, guard: Guard, rule: Any) -> None:
        self.guard = guard
        self.rule = rule
        self.CODE = str(rule.CODE)
        self.NAME = str(rule.NAME)
        self.SUMMARY = str(rule.SUMMARY)
        self.TOOLSTACKS = getattr(rule, "TOOLSTACKS", None)
        self.__doc__ = getattr(rule, "__doc__", None)

    def check(self, guest: Any) -> list[Diagnostic]:
        """The findings of the rule that are well formed; none when it fails."""
        hook = f"rule {self.CODE}"
        found = self.guard.call(hook, lambda: list(self.rule.check(guest)), code=self.rule.check)
        out = []
        for one in found or ():
            made = self.guard.call(
                hook, partial(self._diagnostic, one, guest), code=self.rule.check
            )
            if made is not None:
                out.append(made)
        return out

    def _diagnostic(self, found: Any, guest: Any) -> Diagnostic:
        """A finding of ours with the values of a plugin's. TypeError for values of another kind."""
        if not hasattr(found, "severity") or not hasattr(found, "message"):
            raise TypeError(f"it found {type(found).__name__}, not a Diagnostic")
        code, severity, message = found.code, found.severity, found.message
        if severity not in SEVERITIES:
            known = ", ".join(SEVERITIES)
            raise TypeError(f"the severity of its finding is {severity!r}, not one of {known}")
        help_ = getattr(found, "help", "")
        start, end = getattr(found, "start", None), getattr(found, "end", None)
        related = getattr(found, "related", ())
        if not all(type(text) is str for text in (code, message, help_)):
            raise TypeError("the code, the message and the help of a finding are texts")
        size = len(guest.source.data)
        places = [(start, end)] if start is not None else []
        places += [(one[0], one[1]) for one in related]
        for first, last in places:
            last = first if last is None else last
            if not (type(first) is type(last) is int and 0 <= first <= last <= size + 1):
                raise TypeError(f"its finding is at {first!r} to {last!r} of {size} bytes")
        return Diagnostic(
            code,
            str(severity),
            message,
            start=start,
            end=end,
            help=help_,
            related=tuple((int(a), int(b), str(text)) for a, b, text in related),
            fix=lambda: self.guard.call(
                f"rule {self.CODE}", lambda: _fix(found, size), code=self.rule.check
            ),
        )


def _fix(found: Any, size: int) -> Fix | None:
    """The fix of a plugin's finding. TypeError for one that cannot be applied."""
    fix = getattr(found, "fix", None)
    if callable(fix):
        fix = fix()
    if fix is None:
        return None
    edits = [(start, end, bytes(text)) for start, end, text in fix.edits]
    if not all(
        type(start) is type(end) is int and 0 <= start <= end <= size for start, end, _ in edits
    ):
        raise TypeError(f"its fix edits what lies outside the {size} bytes of the file")
    return Fix(str(fix.title), bool(fix.safe), edits)


# ---- what plugins give out bit by bit ------------------------------------------------------------


class GuardedLines:
    """The lines of a plugin's recording. An error on the way ends them as a damaged file would."""

    def __init__(self, guard: Guard, lines: Any) -> None:
        self._guard = guard
        self._lines = lines
        if hasattr(lines, "info"):
            self.info = self._info

    def _info(self) -> Any:
        """What the recording says of itself. TraceError when it fails."""
        before = len(self._guard.failures)
        told = self._guard.call("xlcfg_read_trace", self._lines.info, code=self._lines.info)
        self._fail(before)
        return told

    def _fail(self, before: int) -> None:
        """TraceError for a failure that was not there before."""
        from xlcfg.emulator import TraceError

        failures = self._guard.failures
        if len(failures) > before:
            raise TraceError(0, f"plugin {self._guard.plugin}: {failures[-1].error}")

    def __iter__(self) -> Iterator[Any]:
        guard = self._guard
        before = len(guard.failures)
        lines = guard.call("xlcfg_read_trace", lambda: _texts(iter(self._lines)))
        while lines is not None:
            out: list[Any] = []
            take = partial(out.extend, islice(lines, _AT_ONCE))
            guard.call("xlcfg_read_trace", take)
            yield from out
            if len(guard.failures) > before or not out:
                break
        self._fail(before)


def _texts(lines: Iterator[Any]) -> Iterator[str | bytes]:
    """The lines of a recording. TypeError for what is none."""
    for line in lines:
        if not isinstance(line, str | bytes):
            raise TypeError(f"a line of its recording is {type(line).__name__}, not a text")
        yield line


#: A guarded call costs more than a line.
_AT_ONCE = 256


class GuardedEngine:
    """A plugin's engine. What it raises and is no EngineError of ours ends the run with a line."""

    def __init__(self, plugin: str, engine: Any) -> None:
        self._plugin = plugin
        self._engine = engine
        self.batch_files: int = engine.batch_files

    def map(self, batches: Any) -> Iterator[Any]:
        """As `Engine.map`."""
        with self._named():
            yield from self._engine.map(batches)

    def close(self) -> None:
        """As `Engine.close`."""
        with self._named():
            self._engine.close()

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        from xlcfg.core.engine import EngineError
        from xlcfg.core.errors import SettingsError

        try:
            yield
        except (KeyboardInterrupt, GeneratorExit, SettingsError, MemoryError):
            raise
        except BaseException as error:
            raise EngineError(f"--engine: plugin {self._plugin}: {describe(error)}") from error
