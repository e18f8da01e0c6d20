"""What commands share: the context their arguments ask for, complaints, printing a result."""

from __future__ import annotations

import sys

from xlcfg.check import Context
from xlcfg.cli import UsageError
from xlcfg.hooks import Hooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.check import Result


def context_of(arguments: Namespace) -> Context:
    """The context a run is about; UsageError when there is no such release."""
    from xlcfg.catalogue import UnknownReleaseError, newest_release, parse_release

    try:
        named = getattr(arguments, "xen", None)
        release = parse_release(named) if named else newest_release()
    except UnknownReleaseError as error:
        raise UsageError(f"--xen: {error}") from None
    context = Context(
        release,
        getattr(arguments, "arch", None) or "x86_64",
        Hooks(plugins=not arguments.no_plugins),
        as_released=getattr(arguments, "as_released", False),
    )
    line = getattr(arguments, "cmdline", None)
    if line is not None:
        from xlcfg.check import read_boot

        context.boot = read_boot(line)
    return context


def print_result(result: Result, name: str) -> int:
    """Render and print a result; its exit code. UsageError when nobody renders that."""
    hooks = result.context.hooks
    text = hooks.first("xlcfg_report", result=result, format=name)
    if text is None:
        known = sorted({f for answer in hooks.all("xlcfg_formats") for f in answer})
        raise UsageError(f"--format: there is no {name!r}; choose from {', '.join(known)}")
    sys.stdout.write(text)
    return result.exit_code
