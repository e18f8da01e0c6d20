"""The command line: parses arguments, hands over to a module per command, keeps exits clean."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable
    from typing import NoReturn

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
        guard = sys.modules.get("xlcfg.hooks.guard")
        if guard is not None:
            guard.seal_stdout()
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
    except Exception as error:
        from xlcfg.core.errors import SettingsError

        if not isinstance(error, SettingsError):
            raise
        print(f"xlcfg: {error}", file=sys.stderr)
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
    """The command line: of the command `wanted` alone if there is such, else of all.

    Making the parsers of all commands takes as long as checking ten configs.
    """
    import argparse

    from xlcfg import __version__

    class Formatter(argparse.HelpFormatter):
        """Asks for the terminal's width without the imports that argparse makes to do so."""

        def __init__(self, prog: str) -> None:
            super().__init__(prog, max_help_position=26, width=_columns())

    class Parser(argparse.ArgumentParser):
        """Says what is wrong without a dozen lines of usage before it."""

        def error(self, message: str) -> NoReturn:
            from xlcfg.cli.mistakes import said

            wrong = "unrecognized arguments" in message and wanted in COMMANDS
            self.exit(
                EXIT_USAGE, said(f"xlcfg {wanted}" if wrong else self.prog, message, COMMANDS)
            )

    class Version(argparse.Action):
        """Prints what this xlcfg is and what it knows, and exits."""

        def __call__(self, *_: object) -> None:
            from xlcfg.catalogue import newest_release, releases

            known = f"{releases()[0]} to {newest_release()}, {releases()[-1]}"
            print(f"xlcfg {__version__}\nXen {known}")
            raise SystemExit(0)

    top = Parser(
        prog="xlcfg",
        formatter_class=Formatter,
        description="Checks Xen guest configs, Xen boot command lines and the runstate ABI.",
        epilog="Exit codes: 0 clean, 1 findings, 2 usage or unreadable input.",
        allow_abbrev=False,
    )
    top.add_argument(
        "--version", action=Version, nargs=0, help="show the version and the Xen releases known"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="xlcfg")
    for name in [wanted] if wanted in COMMANDS else COMMANDS:
        summary, description, fill = COMMANDS[name]
        sub = commands.add_parser(
            name,
            help=summary,
            description=description or f"{summary[:1].upper()}{summary[1:]}.",
            allow_abbrev=False,
            formatter_class=Formatter,
        )
        if wanted in ("", name):
            fill(sub)
    return top


# ---- arguments that commands share -----------------------------------------------------------


def _xen(sub: ArgumentParser, release: str = "the newest released", arch: str = "x86_64") -> None:
    """The options that say which Xen and which machine a run is about."""
    from xlcfg.model.target import ARCHITECTURES

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


def _choice(sub: ArgumentParser) -> None:
    """The options that say which findings count."""
    for name, said in (
        ("select", "only findings of these codes count; a prefix stands for all it begins"),
        ("ignore", "findings of these codes do not count"),
        ("extend-select", "findings of these codes count besides those selected"),
    ):
        sub.add_argument(f"--{name}", action="append", default=[], metavar="CODES", help=said)
    sub.add_argument(
        "--fail-level",
        choices=("error", "warning", "info"),
        help="the mildest severity that makes the exit code 1 (default: warning)",
    )
    sub.add_argument("--exit-zero", action="store_true", help="exit 0 whatever is found")
    sub.add_argument(
        "--baseline", metavar="FILE", help="leave out the findings that this file knows already"
    )
    sub.add_argument(
        "--write-baseline", metavar="FILE", help="write the findings of this run to a baseline"
    )
    _exclusion(sub)


def _output(sub: ArgumentParser) -> None:
    """The options that say how findings are shown, and where."""
    sub.add_argument(
        "--format",
        metavar="FORMAT",
        help=(
            "text, concise, json, json-lines, sarif, github, gitlab, junit or checkstyle "
            "(default: text; github in its Actions)"
        ),
    )
    sub.add_argument("--output", metavar="FILE", help="write the report to a file")
    sub.add_argument("--quiet", action="store_true", help="show findings and nothing else")
    sub.add_argument("--statistics", action="store_true", help="show how often each code was found")
    sub.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the text (default: auto, on a terminal unless NO_COLOR is set)",
    )


# ---- commands --------------------------------------------------------------------------------


def _stdin_filename(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--stdin-filename",
        metavar="NAME",
        help="treat standard input as the file of this name, which is not read",
    )


def _exclusion(sub: ArgumentParser) -> None:
    """The options that say which files are left out, and whether settings files count."""
    sub.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out files of searched directories; may be repeated",
    )
    sub.add_argument(
        "--force-exclude", action="store_true", help="leave them out when given by name, too"
    )
    sub.add_argument(
        "--isolated", action="store_true", help="read no .xlcfg.toml and no pyproject.toml"
    )


def _check(sub: ArgumentParser) -> None:
    sub.add_argument(
        "paths", nargs="*", metavar="PATH", help="file, directory, URL, or - for stdin"
    )
    _stdin_filename(sub)
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
    sub.add_argument(
        "--only",
        choices=("guests", "host"),
        metavar="WHAT",
        help="check only what looks like guests, or like the host's xl.conf and boot lines (host)",
    )
    sub.add_argument(
        "--fix", action="store_true", help="mend the files, where that is safe; report the rest"
    )
    sub.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also fixes that change what xl reads, or guess",
    )
    sub.add_argument(
        "--diff", action="store_true", help="show what --fix would change, and change nothing"
    )
    sub.add_argument(
        "--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C"
    )
    _released(sub)
    _choice(sub)
    _output(sub)
    _many(sub)


def _fmt(sub: ArgumentParser) -> None:
    sub.add_argument("paths", nargs="*", metavar="PATH", help="file, directory, or - for stdin")
    _stdin_filename(sub)
    sub.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a file would change"
    )
    sub.add_argument(
        "--diff", action="store_true", help="show what would change, and change nothing"
    )
    sub.add_argument(
        "--sniff", action="store_true", help="skip files that do not look like guest configs"
    )
    _exclusion(sub)


def _many(sub: ArgumentParser) -> None:
    """The options for many files."""
    _spread(sub, "check", "files")
    sub.add_argument("--no-cache", action="store_true", help="remember nothing of this run")
    sub.add_argument(
        "--cache-dir", metavar="DIR", help="where to remember (default: ~/.cache/xlcfg)"
    )


def _spread(sub: ArgumentParser, verb: str, what: str) -> None:
    """The options that spread a run over processes and machines."""
    sub.add_argument(
        "-j",
        "--jobs",
        type=_count,
        default=0,
        metavar="N",
        help=f"{verb} in N processes (default: 1 for few {what}, else one per CPU)",
    )
    sub.add_argument(
        "--files-from",
        metavar="FILE",
        help=f"{verb} the {what} listed in FILE (- for stdin), one per line or NUL separated",
    )
    sub.add_argument(
        "--shard", metavar="K/N", help=f"{verb} only the K-th part of N, told by the paths"
    )
    sub.add_argument(
        "--engine", metavar="URL", help=f"{verb} on other machines, such as dask://scheduler:8786"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return int(text)


def _merge(sub: ArgumentParser) -> None:
    sub.add_argument(
        "files",
        nargs="+",
        metavar="FILE.json",
        help="what check or verdict --format json --shard K/N printed",
    )
    sub.add_argument(
        "--format",
        choices=("json", "text", "markdown"),
        default="json",
        help="json (default); of verdicts also text or markdown",
    )


def _cmdline(sub: ArgumentParser) -> None:
    sub.add_argument("line", nargs="+", metavar="LINE", help="the words after xen.gz")
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
        "--model", metavar="NAME", help="the hypervisor to emulate (default: as the trace says)"
    )
    sub.add_argument(
        "--html", metavar="FILE", help="also write a page with a timeline (one trace only)"
    )
    _domain(sub)
    sub.add_argument(
        "--assume-area",
        action="append",
        default=[],
        metavar="VCPU=VA[@GPA],...",
        help="where the areas are, for a recording that does not tell",
    )
    sub.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
    _plugins(sub)
    _format(sub)


def _domain(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--domain", type=int, metavar="N", help="the domain, where a recording holds several"
    )


def _trace(sub: ArgumentParser) -> None:
    from xlcfg.model.target import ARCHITECTURES
    from xlcfg.policy import POLICIES

    kinds = sub.add_subparsers(dest="action", metavar="ACTION", required=True, prog="xlcfg trace")

    def action(name: str, summary: str, *, file: bool = True) -> ArgumentParser:
        one = kinds.add_parser(
            name,
            help=summary,
            description=f"{summary[:1].upper()}{summary[1:]}.",
            allow_abbrev=False,
            formatter_class=sub.formatter_class,
        )
        if file:
            one.add_argument("path", metavar="FILE", help="a boot trace or another recording")
            _domain(one)
        _plugins(one)
        return one

    _format(action("info", "show domains, vCPUs, events, and time in each runstate"))
    _format(action("lint", "check the form of a trace and the order of its events"))
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
    convert = action("convert", "write a recording as a boot trace")
    convert.add_argument(
        "--columns", action="store_true", help="in columns, which replay many times as fast"
    )
    generate = action("generate", "write a random boot trace", file=False)
    generate.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    generate.add_argument("--events", type=int, default=1000, metavar="N", help="default: 1000")
    generate.add_argument("--arch", choices=ARCHITECTURES, default="arm64", help="default: arm64")
    generate.add_argument(
        "--guest", choices=("pv", "pvh", "hvm"), default="pvh", help="default: pvh"
    )
    generate.add_argument("--vcpus", type=int, default=2, metavar="N", help="default: 2")
    generate.add_argument("--policy", choices=POLICIES, default="update", help="default: update")


def _convert(sub: ArgumentParser) -> None:
    sub.add_argument("path", metavar="FILE", help="a guest in any form that xlcfg reads, or -")
    sub.add_argument("--to", required=True, metavar="TOOLSTACK", help="xl, libvirt, ...")
    sub.add_argument("--guest", metavar="NAME", help="which one, of a file that holds several")
    _xen(sub)
    _options(sub)
    _text_or_json(sub)


def _verdict(sub: ArgumentParser) -> None:
    sub.add_argument("paths", nargs="*", metavar="PATH", help="boot traces, directories or URLs")
    _plugins(sub)
    _spread(sub, "replay", "traces")
    sub.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="text (default), json or markdown",
    )


def _explain(sub: ArgumentParser) -> None:
    sub.add_argument("code", metavar="CODE", help="such as XL101 or unknown-key; `all` lists them")


def _upgrade(sub: ArgumentParser) -> None:
    from xlcfg.model.target import ARCHITECTURES

    sub.add_argument("paths", nargs="*", metavar="PATH", help="file, directory, or - for stdin")
    sub.add_argument(
        "--from", dest="start", required=True, metavar="RELEASE", help="the Xen release that runs"
    )
    sub.add_argument(
        "--to",
        dest="end",
        metavar="RELEASE",
        help="the one to move to (default: the newest released)",
    )
    sub.add_argument("--arch", choices=ARCHITECTURES, help="the machine (default: x86_64)")
    _host(sub)
    _options(sub)
    _kind(sub)
    _text_or_json(sub)


def _parse(sub: ArgumentParser) -> None:
    sub.add_argument("file", metavar="FILE", help="a file, or - for stdin")
    _xen(sub)
    _kind(sub)
    _plugins(sub)
    sub.add_argument("--format", choices=("json",), default="json", help="json, the only one")


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


def _lsp(sub: ArgumentParser) -> None:
    _xen(sub)
    _host(sub)
    _options(sub)
    _released(sub)


def _completion(sub: ArgumentParser) -> None:
    sub.add_argument(
        "shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish"
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
    "fmt": (
        "format guest configs",
        (
            "Writes guest configs in one style; xl reads the same values before and after. Files "
            "that xl's parser refuses are left alone."
        ),
        _fmt,
    ),
    "merge": (
        "join the JSON results of several runs",
        (
            "Joins what `xlcfg check` or `xlcfg verdict` printed with --format json for parts of "
            "the same files. Of all parts of --shard it makes what one run over all files prints, "
            "findings across files included. The exit code is that of one run over all."
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
    "trace": ("look at, check, shrink, convert and generate traces", "", _trace),
    "convert": (
        "write a guest in another toolstack's form",
        (
            "Writes a guest in the form of another toolstack to standard output, and names what "
            "does not survive on standard error."
        ),
        _convert,
    ),
    "upgrade": (
        "tell what another Xen release changes for given files",
        (
            "Tells what each release from one to another breaks, ignores or silently changes in "
            "exactly these files and boot lines."
        ),
        _upgrade,
    ),
    "parse": (
        "show what the toolstack or Xen reads in a file",
        (
            "Shows what the toolstack or Xen reads in a file: every setting or word with its "
            "place, and what becomes of it."
        ),
        _parse,
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
    "lsp": (
        "serve editors",
        (
            "A language server for guest configs over standard input and output. "
            "Needs what `pip install 'xlcfg[lsp]'` installs."
        ),
        _lsp,
    ),
    "completion": (
        "print a shell's completion script",
        "Prints a script that completes xlcfg's commands, options and their values in a shell.",
        _completion,
    ),
    "plugins": ("list the plugins that take part", "", _plugins),
}
