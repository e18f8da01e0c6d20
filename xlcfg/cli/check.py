"""`xlcfg check` checks guest configs."""

from __future__ import annotations

from xlcfg.cli.choosing import choose, excluder, finish
from xlcfg.cli.common import context_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.cli import UsageError
    from xlcfg.context import SettingsError

    try:
        return _run(arguments)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _run(arguments: Namespace) -> int:
    from xlcfg.checking import check_boot, check_paths

    if arguments.fix or arguments.diff or arguments.unsafe_fixes:
        from xlcfg.cli.fixing import run_fixes

        return run_fixes(arguments)
    context = context_of(arguments)
    choose(arguments, context)
    given = context.boot is not None
    result = check_paths(
        given_paths(arguments),
        context,
        sniff=arguments.sniff,
        kind=arguments.kind or "",
        jobs=arguments.jobs,
        cache=None if arguments.no_cache else arguments.cache_dir or "",
        shard=shard(arguments.shard),
        excluded=excluder(arguments, context),
    )
    if given:
        result.reports.append(check_boot(context))
    if arguments.trace is not None:
        from xlcfg.replaying import attach

        attach(result, arguments.trace)
    return finish(result, arguments)


def given_paths(arguments: Namespace) -> list[str]:
    """The paths of the command line, then those of the list. Raises UsageError for none."""
    from xlcfg.cli import UsageError

    paths: list[str] = arguments.paths
    if arguments.files_from is None:
        if not paths:
            raise UsageError("nothing to check: name files or directories, or use --files-from")
        return paths
    import os

    from xlcfg.source.files import Unreadable, read_list

    listed = read_list(arguments.files_from)
    if isinstance(listed, Unreadable):
        raise UsageError(f"--files-from: {listed.path}: {listed.message}")
    separator = b"\0" if b"\0" in listed.data else b"\n"
    # "-" in a list is a file of that name
    names = [os.fsdecode(name) for name in listed.data.split(separator) if name]
    return paths + ["./-" if name == "-" else name for name in names]


def shard(text: str | None) -> tuple[int, int] | None:
    """What `--shard K/N` asks for. Raises UsageError."""
    if text is None:
        return None
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        from xlcfg.cli import UsageError

        raise UsageError(f"--shard: {text!r} is not K/N with K from 1 to N, such as 2/8")
    return int(part), int(parts)
