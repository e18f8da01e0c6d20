"""The command line: parses arguments, hands over to a module per command, keeps exits clean."""

from __future__ import annotations

import sys

from xlcfg.cli.errors import EXIT_INTERRUPTED, EXIT_USAGE, UsageError
from xlcfg.core import load_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator
    from typing import NoReturn

    from xlcfg.cli.plain import Given

#: Every command, in the order of the help, and one line about it. The module of a command has its
#: name; it has `add_arguments(sub)`, `run(arguments)` and, where one line is not enough,
#: `DESCRIPTION`, and is imported for this command alone.
COMMANDS = {
    "check": "check guest configs and the files of a host",
    "fmt": "format guest configs",
    "merge": "join the JSON results of several runs",
    "cmdline": "check a Xen boot command line",
    "policy": "show which runstate translation policy holds, and why",
    "replay": "replay boot traces",
    "record": "boot a guest on Xen under QEMU and record it",
    "trace": "look at, check, shrink, convert and generate traces",
    "convert": "write a guest in another toolstack's form",
    "upgrade": "tell what another Xen release changes for given files",
    "parse": "show what the toolstack or Xen reads in a file",
    "verdict": "say who breaks when the policy changes",
    "options": "list and explain options",
    "schema": "print a JSON Schema of guest configs",
    "explain": "explain a finding's code",
    "lsp": "serve editors",
    "completion": "print a shell's completion script",
    "plugins": "list the plugins that take part",
}


def run(argv: list[str]) -> int:
    """Parse `argv` (without the program's name), run the command, return the exit code.

    0 clean, 1 findings, 2 usage or unreadable input, 130 interrupted.
    """
    import gc
    import os

    # Trees and reports hold no cycles: looking for some every 700 objects is a quarter of the time
    # of a run over 10,000 remembered files.
    gc.set_threshold(100_000, 20, 20)
    try:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:
                # closed by whoever started us: they want the exit code alone
                setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
            _any_text(getattr(sys, name))
        if argv[:1] == ["help"]:  # of a command: `xlcfg help check`
            argv = [*(word for word in argv if word != "help"), "--help"]
        arguments: Namespace | Given | None = None
        if argv[:1] == ["check"]:
            from xlcfg.cli.plain import plain

            arguments = plain("check", load_module("xlcfg.cli.check"), argv[1:])
        if arguments is None:
            arguments = _parse(argv)
        code: int = load_module(f"xlcfg.cli.{arguments.command}").run(arguments)
        sys.stdout.flush()
        guard = sys.modules.get("xlcfg.hooks.guard")
        if guard is not None:
            guard.seal_stdout()
        return code
    except UsageError as error:
        _complain(error)
        return EXIT_USAGE
    except MemoryError:
        print("xlcfg: not enough memory for this input", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            _complain((error.strerror or str(error)).lower())
        # Whoever read the output has seen enough, or there is no room for it: what is buffered
        # must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_USAGE
    except Exception as error:
        from xlcfg.core.errors import SettingsError

        if not isinstance(error, SettingsError):
            raise
        _complain(error)
        return EXIT_USAGE


def _parse(argv: list[str]) -> Namespace:
    """The arguments; with a file before `--`, `check` takes settings behind it."""
    top = parser(argv[0] if argv else "")
    if argv[:1] != ["check"] or "--" not in argv:
        return top.parse_args(argv)
    from xlcfg.cli.guest_arguments import split

    before, settings = split(argv)
    arguments = top.parse_args(before)
    if settings and not arguments.paths and arguments.stdin_filename is None:
        return top.parse_args(argv)
    arguments.settings = settings
    return arguments


def _complain(message: object) -> None:
    from xlcfg.cli.usage_errors import complain

    complain(message)


def _any_text(stream: object) -> None:
    """Let a stream print any character, escaped where its encoding has none for it."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _columns() -> int:
    import os

    try:
        return max(40, int(os.environ.get("COLUMNS") or os.get_terminal_size().columns) - 2)
    except (OSError, ValueError):
        return 78


def _flags(parser: ArgumentParser) -> Iterator[str]:
    """Every option of a parser and of the commands below it."""
    yield from parser._option_string_actions
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for sub in action.choices.values():
                yield from _flags(sub)


def _print_version() -> None:
    from xlcfg.catalogue import newest_release, releases
    from xlcfg.core.version import VERSION

    known = f"{releases()[0]} to {newest_release()}, {releases()[-1]}"
    print(f"xlcfg {VERSION}\nXen {known}")


def parser(wanted: str | None = None) -> ArgumentParser:
    """The command line: with the arguments of the command `wanted` alone, or (None) of every one.

    Making the parsers of all commands takes as long as checking ten configs.
    """
    import argparse

    class Formatter(argparse.HelpFormatter):
        """Asks for the terminal's width without the imports that argparse makes to do so."""

        def __init__(self, prog: str) -> None:
            super().__init__(prog, max_help_position=26, width=_columns())

    class Parser(argparse.ArgumentParser):
        """Says what is wrong without a dozen lines of usage before it."""

        def error(self, message: str) -> NoReturn:
            from xlcfg.cli.usage_errors import option_first, usage_error

            wrong = "unrecognized arguments" in message and wanted in COMMANDS
            prog = f"xlcfg {wanted}" if wrong else self.prog
            message = option_first(wanted or "", lambda: _flags(parser())) or message
            self.exit(EXIT_USAGE, usage_error(prog, message, COMMANDS, _flags(top)))

    class Version(argparse.Action):
        """Prints what this xlcfg is and what it knows, and exits."""

        def __call__(self, *_: object) -> None:
            _print_version()
            raise SystemExit(0)

    top = Parser(
        prog="xlcfg",
        formatter_class=Formatter,
        description="Checks Xen guest configs, Xen boot command lines and the runstate ABI.",
        epilog="Exit codes: 0 clean, 1 findings, 2 usage or unreadable input.",
        allow_abbrev=False,
    )
    top.add_argument(
        "-V",
        "--version",
        action=Version,
        nargs=0,
        help="show the version and the Xen releases known",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="xlcfg")
    for name in [wanted] if wanted in COMMANDS else COMMANDS:
        summary = COMMANDS[name]
        module = load_module(f"xlcfg.cli.{name}") if wanted in (None, name) else None
        sub = commands.add_parser(
            name,
            help=summary,
            description=getattr(module, "DESCRIPTION", f"{summary[:1].upper()}{summary[1:]}."),
            allow_abbrev=False,
            formatter_class=Formatter,
        )
        if module is not None:
            module.add_arguments(sub)
    return top
