"""What commands share: the linter their arguments ask for, complaints, printing a result."""

from __future__ import annotations

import sys

from xlcfg.checks.linter import Linter
from xlcfg.cli import UsageError
from xlcfg.hooks import Hooks
from xlcfg.model.target import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.report import Result
    from xlcfg.source.files import Shard


def linter_of(arguments: Namespace) -> Linter:
    """The linter a run is about. UsageError for a release, host file or dialect that is none."""
    from xlcfg.catalogue import newest_release

    release = release_of("--xen", getattr(arguments, "xen", None))
    arch = getattr(arguments, "arch", None)
    line = getattr(arguments, "cmdline", None)
    host = None
    if getattr(arguments, "host", None) is not None:
        from xlcfg.model.host import HostError, read_host

        try:
            found = read_host(arguments.host)
        except HostError as error:
            raise UsageError(f"--host: {error}") from None
        host = found.host
        release = release or found.release
        arch = arch or found.arch
        line = found.cmdline if line is None else line
    boot = None
    if line is not None:
        from xlcfg.syntax.cmdline import read_boot

        boot = read_boot(line)
    target = Target(
        release or newest_release(),
        arch or "x86_64",
        as_released=getattr(arguments, "as_released", False),
        host=host,
        dialects=_dialects(getattr(arguments, "dialect", [])),
        boot=boot,
    )
    return Linter(target, Hooks(plugins=not getattr(arguments, "no_plugins", False)))


def release_of(option: str, text: str | None) -> str:
    """The release line that an option names, "" when it is not given; UsageError for no such."""
    from xlcfg.catalogue import UnknownReleaseError, parse_release

    try:
        return parse_release(text) if text else ""
    except UnknownReleaseError as error:
        raise UsageError(f"{option}: {error}") from None


def _dialects(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    from xlcfg.catalogue import dialects

    known = dialects()
    for name in names:
        if name not in known:
            raise UsageError(f"--dialect: there is no {name!r}; choose from {', '.join(known)}")
    return tuple(dict.fromkeys(names))


def print_result(result: Result, linter: Linter, name: str, output: str | None = None) -> int:
    """Render and print a result; its exit code. UsageError when nobody renders that.

    `output` is a file to write to instead of standard output.
    """
    hooks = linter.hooks
    result.rules = linter.all_rules
    text = hooks.first("xlcfg_report", result=result, format=name)
    if text is None:
        known = sorted({f for answer in hooks.all("xlcfg_formats") for f in answer})
        raise UsageError(f"--format: there is no {name!r}; choose from {', '.join(known)}")
    if output is None:
        sys.stdout.write(text)
    else:
        try:
            with open(output, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"--output: {output}: {str(error.strerror).lower()}") from None
    return result.exit_code


def given_paths(arguments: Namespace, verb: str) -> list[str]:
    """The paths of the command line, then those of the list."""
    paths: list[str] = arguments.paths
    if arguments.files_from is None:
        if not paths:
            raise UsageError(f"nothing to {verb}: name files or directories, or use --files-from")
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


def given_engine(arguments: Namespace) -> str:
    """The URL of `--engine`, "" for the processes of this machine."""
    if arguments.engine is not None and arguments.jobs:
        raise UsageError("-j is about processes of this machine, --engine about others: name one")
    return arguments.engine or ""


def given_part(arguments: Namespace) -> Shard | None:
    """The part of all files that `--shard K/N` names, none of which has been seen yet."""
    if arguments.shard is None:
        return None
    from xlcfg.source.files import Shard

    part, _, parts = arguments.shard.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        said = f"{arguments.shard!r} is not K/N with K from 1 to N, such as 2/8"
        raise UsageError(f"--shard: {said}")
    return Shard(int(part), int(parts))
