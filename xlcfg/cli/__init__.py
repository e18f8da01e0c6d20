"""The command line: parses arguments, hands over to `xlcfg.cli.commands`, keeps exits clean."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def run(argv: list[str]) -> int:
    """Parse `argv` (without the program's name), run the command, return the exit code.

    0 clean, 1 findings, 2 usage or unreadable input, 130 interrupted.
    """
    import os

    try:
        _any_text(sys.stdout)
        _any_text(sys.stderr)
        arguments = parser().parse_args(argv)
        from xlcfg.cli import commands

        code: int = getattr(commands, arguments.command)(arguments)
        sys.stdout.flush()
        return code
    except MemoryError:
        print("xlcfg: not enough memory for this input", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough. What is buffered must not fail again at exit.
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


def parser() -> ArgumentParser:
    """The whole command line."""
    import argparse

    from xlcfg import __version__
    from xlcfg.check import ARCHITECTURES
    from xlcfg.policy import POLICIES

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

    def command(name: str, summary: str, description: str = "") -> ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=description or summary,
            allow_abbrev=False,
            formatter_class=Formatter,
        )

    def about(sub: ArgumentParser, *, boot: bool = True) -> None:
        """The options that say which Xen, machine and host a run is about."""
        sub.add_argument(
            "--xen",
            metavar="RELEASE",
            help="the Xen release, such as 4.17 or unstable (default: the newest released)",
        )
        sub.add_argument(
            "--arch", choices=ARCHITECTURES, default="x86_64", help="the machine (default: x86_64)"
        )
        if boot:
            sub.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
        sub.add_argument("--no-plugins", action="store_true", help="use built-in behaviour only")

    def output(sub: ArgumentParser) -> None:
        sub.add_argument(
            "--format", default="text", metavar="FORMAT", help="text (default) or json"
        )

    def recording(sub: ArgumentParser) -> None:
        sub.add_argument(
            "--domain", type=int, metavar="N", help="the domain, where a recording holds several"
        )

    released = "answer what released Xen does: it has no runstate option and always updates"

    check = command("check", "check guest configs")
    check.add_argument("paths", nargs="+", metavar="PATH", help="file, directory, or - for stdin")
    about(check)
    check.add_argument(
        "--trace", metavar="FILE", help="replay this boot trace under the policy that results"
    )
    check.add_argument(
        "--sniff", action="store_true", help="skip files that do not look like guest configs"
    )
    check.add_argument("--as-released", action="store_true", help=released)
    output(check)

    cmdline = command("cmdline", "check a Xen boot command line")
    cmdline.add_argument("line", metavar="LINE", help="the words after xen.gz, as one argument")
    about(cmdline, boot=False)
    output(cmdline)

    policy = command("policy", "show which runstate translation policy holds, and why")
    policy.add_argument("path", nargs="?", metavar="GUEST.CFG", help="a guest config, or -")
    about(policy)
    policy.add_argument("--as-released", action="store_true", help=released)
    output(policy)

    replay = command(
        "replay",
        "replay boot traces",
        "Replays boot traces through the emulator: which runstate updates arrive, are lost, torn, "
        "or land in memory that is something else by now.",
    )
    replay.add_argument("traces", nargs="+", metavar="TRACE", help="a boot trace, or - for stdin")
    replay.add_argument(
        "--policy",
        choices=(*POLICIES, "auto"),
        default="auto",
        help="auto (default): the trace's own, else the resolved one",
    )
    replay.add_argument(
        "--verify", action="store_true", help="hold the recorded results against the prediction"
    )
    replay.add_argument("--compare", action="store_true", help="show both policies side by side")
    recording(replay)
    replay.add_argument(
        "--assume-area",
        action="append",
        default=[],
        metavar="VCPU=VA[@GPA],...",
        help="where the areas are, for a recording that does not tell",
    )
    replay.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
    replay.add_argument("--no-plugins", action="store_true", help="use built-in behaviour only")
    output(replay)

    trace = command("trace", "look at, check, shrink, convert and generate traces")
    kinds = trace.add_subparsers(dest="action", metavar="ACTION", required=True, prog="xlcfg trace")

    def action(name: str, summary: str, *, file: bool = True) -> ArgumentParser:
        sub = kinds.add_parser(
            name, help=summary, description=summary, allow_abbrev=False, formatter_class=Formatter
        )
        if file:
            sub.add_argument("path", metavar="FILE", help="a boot trace or another recording")
            recording(sub)
        sub.add_argument("--no-plugins", action="store_true", help="use built-in behaviour only")
        return sub

    output(action("info", "show domains, vCPUs, events, and time in each runstate"))
    output(action("lint", "check the form of a trace and the order of its events"))
    minimise = action("minimise", "shrink a trace while a finding of its replay stays")
    minimise.add_argument(
        "--keep",
        default="difference",
        metavar="CODE",
        help="the finding to keep, or `difference`: a recorded result that is not predicted",
    )
    minimise.add_argument(
        "--policy", choices=(*POLICIES, "auto"), default="auto", help="as in xlcfg replay"
    )
    action("convert", "write a recording as a boot trace")
    generate = action("generate", "write a random boot trace", file=False)
    generate.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    generate.add_argument("--events", type=int, default=1000, metavar="N", help="default: 1000")
    generate.add_argument("--arch", choices=ARCHITECTURES, default="arm64", help="default: arm64")
    generate.add_argument(
        "--guest", choices=("pv", "pvh", "hvm"), default="pvh", help="default: pvh"
    )
    generate.add_argument("--vcpus", type=int, default=2, metavar="N", help="default: 2")
    generate.add_argument("--policy", choices=POLICIES, default="update", help="default: update")

    explain = command("explain", "explain a finding's code")
    explain.add_argument("code", metavar="CODE", help="such as XL101; `all` lists them")

    plugins = command("plugins", "list the plugins that take part")
    plugins.add_argument("--no-plugins", action="store_true", help="use built-in behaviour only")
    return top
