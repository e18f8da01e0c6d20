"""The command line: parses arguments, hands over to a module per command, keeps exits clean."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class UsageError(Exception):
    """Something on the command line that argparse could not see is wrong."""


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
        arguments = parser(argv[0] if argv else "").parse_args(argv)
        from importlib import import_module

        code: int = import_module(f"xlcfg.cli.{arguments.command}").run(arguments)
        sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"xlcfg: {error}", file=sys.stderr)
        return EXIT_USAGE
    except MemoryError:
        print("xlcfg: not enough memory for this input", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(f"xlcfg: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        # Whoever read the output has seen enough, or there is no room for it: what is buffered
        # must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_USAGE


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


def parser(wanted: str = "") -> ArgumentParser:
    """The whole command line; only the command `wanted` gets its arguments, "" for all."""
    import argparse

    from xlcfg import __version__

    class Formatter(argparse.HelpFormatter):
        """Asks for the terminal's width without the imports that argparse makes to do so."""

        def __init__(self, prog: str) -> None:
            super().__init__(prog, max_help_position=26, width=_columns())

    top = argparse.ArgumentParser(
        prog="xlcfg",
        formatter_class=Formatter,
        description="Checks Xen guest configs, Xen boot command lines and the runstate ABI.",
        epilog="Exit codes: 0 clean, 1 findings, 2 usage or unreadable input.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"xlcfg {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="xlcfg")
    for name, (summary, description, fill) in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary,
            description=description or summary,
            allow_abbrev=False,
            formatter_class=Formatter,
        )
        if wanted in ("", name):
            fill(sub)
    return top


# ---- arguments that commands share -----------------------------------------------------------


def _xen(sub: ArgumentParser, release: str = "the newest released", arch: str = "x86_64") -> None:
    """The options that say which Xen and which machine a run is about."""
    from xlcfg.check import ARCHITECTURES

    sub.add_argument(
        "--xen",
        metavar="RELEASE",
        help=f"the Xen release, such as 4.17 or unstable (default: {release})",
    )
    sub.add_argument("--arch", choices=ARCHITECTURES, help=f"the machine (default: {arch})")


def _host(sub: ArgumentParser) -> None:
    """What is known of the host."""
    sub.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
    sub.add_argument(
        "--host",
        metavar="FILE",
        help="a description of the host in JSON: CPUs, NUMA nodes, memory, cpupools, Xen",
    )


def _options(sub: ArgumentParser) -> None:
    """Whose options count besides Xen's own."""
    sub.add_argument(
        "--dialect",
        action="append",
        default=[],
        metavar="NAME",
        help="also know the keys of a downstream xl: libvirt, epam or gvt-g; may be repeated",
    )
    _plugins(sub)


def _plugins(sub: ArgumentParser) -> None:
    sub.add_argument("--no-plugins", action="store_true", help="use built-in behaviour only")


def _kind(sub: ArgumentParser) -> None:
    from xlcfg.source.files import KINDS

    sub.add_argument(
        "--kind",
        choices=KINDS,
        metavar="KIND",
        help=f"what the input is, whatever it looks like: {', '.join(KINDS)}",
    )


def _released(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--as-released",
        action="store_true",
        help="answer what released Xen does: it has no runstate option and always updates",
    )


def _format(sub: ArgumentParser) -> None:
    sub.add_argument("--format", default="text", metavar="FORMAT", help="text (default) or json")


def _text_or_json(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )


# ---- commands --------------------------------------------------------------------------------


def _check(sub: ArgumentParser) -> None:
    sub.add_argument("paths", nargs="*", metavar="PATH", help="file, directory, or - for stdin")
    _xen(sub)
    _host(sub)
    _options(sub)
    _kind(sub)
    sub.add_argument(
        "--trace", metavar="FILE", help="replay this boot trace under the policy that results"
    )
    sub.add_argument(
        "--sniff", action="store_true", help="skip files that look like nothing xlcfg checks"
    )
    _released(sub)
    _format(sub)
    _many(sub)


def _many(sub: ArgumentParser) -> None:
    """The options for many files."""
    sub.add_argument(
        "-j",
        "--jobs",
        type=_count,
        default=0,
        metavar="N",
        help="check in N processes (default: 1 for few files, else one per CPU)",
    )
    sub.add_argument(
        "--files-from",
        metavar="FILE",
        help="check the files listed in FILE (- for stdin), one per line or NUL separated",
    )
    sub.add_argument(
        "--shard", metavar="K/N", help="check only the K-th part of N, told by the paths"
    )
    sub.add_argument("--no-cache", action="store_true", help="remember nothing of this run")
    sub.add_argument(
        "--cache-dir", metavar="DIR", help="where to remember (default: ~/.cache/xlcfg)"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return int(text)


def _merge(sub: ArgumentParser) -> None:
    sub.add_argument(
        "files", nargs="+", metavar="FILE.json", help="what check --format json --shard K/N printed"
    )


def _cmdline(sub: ArgumentParser) -> None:
    sub.add_argument("line", metavar="LINE", help="the words after xen.gz, as one argument")
    _xen(sub)
    _plugins(sub)
    _format(sub)


def _policy(sub: ArgumentParser) -> None:
    sub.add_argument("path", nargs="?", metavar="GUEST.CFG", help="a guest config, or -")
    _xen(sub)
    _host(sub)
    _plugins(sub)
    _released(sub)
    _format(sub)


def _replay(sub: ArgumentParser) -> None:
    from xlcfg.policy import POLICIES

    sub.add_argument("traces", nargs="+", metavar="TRACE", help="a boot trace, or - for stdin")
    sub.add_argument(
        "--policy",
        choices=(*POLICIES, "auto"),
        default="auto",
        help="auto (default): the trace's own, else the resolved one",
    )
    sub.add_argument(
        "--verify", action="store_true", help="hold the recorded results against the prediction"
    )
    sub.add_argument("--compare", action="store_true", help="show both policies side by side")
    sub.add_argument(
        "--html", metavar="FILE", help="also write a page with a timeline (one trace only)"
    )
    sub.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
    _plugins(sub)
    _format(sub)


def _verdict(sub: ArgumentParser) -> None:
    sub.add_argument("paths", nargs="+", metavar="PATH", help="boot traces, or directories")
    _plugins(sub)
    sub.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="text (default), json or markdown",
    )


def _explain(sub: ArgumentParser) -> None:
    sub.add_argument("code", metavar="CODE", help="such as XL101; `all` lists them")


def _list_options(sub: ArgumentParser) -> None:
    sub.add_argument("names", nargs="*", metavar="NAME", help="an option; without one, a list")
    sub.add_argument(
        "--kind",
        choices=("guest", "boot", "xl.conf"),
        metavar="KIND",
        help="only guest keys (guest), boot parameters (boot) or keys of xl.conf (xl.conf)",
    )
    _xen(sub, "all", "all")
    _options(sub)
    _text_or_json(sub)


def _schema(sub: ArgumentParser) -> None:
    _xen(sub)
    _options(sub)
    sub.add_argument(
        "--strict", action="store_true", help="allow no other keys, which xl ignores silently"
    )


#: name -> (one line for the list, more for the command's own help, what adds its arguments)
COMMANDS: dict[str, tuple[str, str, Callable[[ArgumentParser], None]]] = {
    "check": (
        "check guest configs and the files of a host",
        (
            "Checks guest configs, xl.conf, and the boot lines in files of GRUB and other boot "
            "loaders and in device trees. What a file is shows from its contents."
        ),
        _check,
    ),
    "merge": (
        "join the JSON results of several runs",
        (
            "Joins what `xlcfg check --format json` printed for parts of the same files, as for "
            "the parts of --shard. The exit code is that of one run over all."
        ),
        _merge,
    ),
    "cmdline": ("check a Xen boot command line", "", _cmdline),
    "policy": ("show which runstate translation policy holds, and why", "", _policy),
    "replay": (
        "replay boot traces",
        (
            "Replays boot traces through the emulator: which runstate updates arrive, are lost, "
            "torn, or land in memory that is something else by now."
        ),
        _replay,
    ),
    "verdict": (
        "say who breaks when the policy changes",
        (
            "Replays many boot traces under both policies: which guest is safe under which, and "
            "what flipping the default of an architecture would break."
        ),
        _verdict,
    ),
    "options": (
        "list and explain options",
        "Lists and explains the keys of guest configs, boot parameters and the keys of xl.conf.",
        _list_options,
    ),
    "schema": ("print a JSON Schema of guest configs", "", _schema),
    "explain": ("explain a finding's code", "", _explain),
    "plugins": ("list the plugins that take part", "", _plugins),
}
