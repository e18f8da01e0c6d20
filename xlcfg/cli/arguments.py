"""The options that commands share: how each is declared, and what its value means.

A command calls the `add_...` functions it wants in its `add_arguments`, and the readers below them
in its `run`.
"""

from __future__ import annotations

import os

from xlcfg.cli.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, ArgumentParser, Namespace
    from collections.abc import Callable, Iterable, Iterator

    from xlcfg.checks.linter import Linter
    from xlcfg.core.source import Source
    from xlcfg.source.paths import Unreadable
    from xlcfg.source.shard import Shard


# ---- declaring -------------------------------------------------------------------------------


def completes(action: Action, words: Callable[[], Iterable[str]]) -> None:
    """Say which words a shell completes the value of an argument with, where it has no choices.

    `words` is called when a completion script is written, and never by a run.
    """
    action.words = words  # type: ignore[attr-defined]


def releases() -> Iterable[str]:
    """The Xen releases, for completion."""
    from xlcfg import catalogue

    return catalogue.releases()


def dialects() -> Iterable[str]:
    """The downstream versions of xl, for completion."""
    from xlcfg import catalogue

    return catalogue.dialects()


#: What other tools call the architectures.
_ARCHITECTURES = {
    "amd64": "x86_64",
    "i386": "x86_32",
    "aarch64": "arm64",
    "arm": "arm32",
    "riscv": "riscv64",
}


def add_arch(sub: ArgumentParser, shown: str, default: str | None = None) -> None:
    """The machine. `shown` is the default of the help."""
    from xlcfg.model.target import ARCHITECTURES

    sub.add_argument(
        "--arch",
        type=lambda text: _ARCHITECTURES.get(text.lower(), text),
        choices=ARCHITECTURES,
        default=default,
        help=f"the machine; also amd64, i386, aarch64, arm or riscv (default: {shown})",
    )


def add_xen(
    sub: ArgumentParser, release: str = "the newest released", arch: str = "x86_64"
) -> None:
    """The options that say which Xen and which machine a run is about."""
    add_release(sub, release)
    add_arch(sub, arch)


def add_release(sub: ArgumentParser, release: str = "the newest released") -> None:
    """The Xen release alone, for inputs that say which machine they are about."""
    xen = sub.add_argument(
        "--xen",
        metavar="RELEASE",
        help=f"the Xen release, such as 4.17 or unstable (default: {release})",
    )
    completes(xen, releases)


def add_host(sub: ArgumentParser) -> None:
    """What is known of the host."""
    sub.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
    sub.add_argument(
        "--host",
        metavar="FILE",
        help="the host: a description in JSON (CPUs, NUMA nodes, memory, cpupools, Xen), or what "
        "`xl info` prints",
    )


def add_board(sub: ArgumentParser) -> None:
    """What scripts of U-Boot start from."""
    sub.add_argument(
        "--dtb",
        metavar="FILE",
        help="the board's device tree, which the fdt commands of U-Boot scripts change",
    )


def add_running(sub: ArgumentParser) -> None:
    """The domains that run."""
    sub.add_argument(
        "--running",
        metavar="FILE",
        help="what `xl list -l` prints: tell what the running domains have otherwise",
    )


def add_dialects(sub: ArgumentParser) -> None:
    """Whose options count besides Xen's own."""
    dialect = sub.add_argument(
        "--dialect",
        action="append",
        default=[],
        metavar="NAME",
        help="also know the keys of a downstream xl: libvirt, epam or gvt-g; may be repeated",
    )
    completes(dialect, dialects)
    add_no_plugins(sub)


def add_no_plugins(sub: ArgumentParser) -> None:
    sub.add_argument("--no-plugins", action="store_true", help="use built-in behaviour only")


def add_kind(sub: ArgumentParser) -> None:
    from xlcfg.source.kinds import KINDS

    sub.add_argument(
        "--kind",
        choices=KINDS,
        metavar="KIND",
        help=f"what the input is, regardless of its contents: {', '.join(KINDS)}",
    )


def add_as_released(sub: ArgumentParser) -> None:
    """Whether the proposed runstate options count: a release that is named has none of them."""
    which = sub.add_mutually_exclusive_group()
    which.add_argument(
        "--as-released",
        action="store_true",
        help="answer what released Xen does: it has no runstate option and always updates "
        "(the default where a release is named)",
    )
    which.add_argument(
        "--as-proposed",
        action="store_true",
        help="answer what a Xen with the proposed runstate options would do; no release reads them",
    )


def add_format(sub: ArgumentParser, words: Iterable[str] | None = None) -> None:
    """A format of `xlcfg.report`, or of `words` alone."""
    from xlcfg.report import FORMATS

    option = sub.add_argument(
        "--format", default="text", metavar="FORMAT", help="text (default) or json"
    )
    completes(option, lambda: FORMATS if words is None else words)


def add_text_or_json(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )


def add_selection(sub: ArgumentParser) -> None:
    """The options that say which findings count."""
    for name, text in (
        ("select", "only findings of these codes count; a prefix stands for all it begins"),
        ("ignore", "findings of these codes do not count"),
        ("extend-select", "findings of these codes count besides those selected"),
    ):
        sub.add_argument(f"--{name}", action="append", default=[], metavar="CODES", help=text)
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
    add_exclusion(sub)


def add_output(sub: ArgumentParser) -> None:
    """The options that say how findings are shown, and where."""
    from xlcfg.report import FORMATS

    *others, last = FORMATS
    option = sub.add_argument(
        "--format",
        metavar="FORMAT",
        help=f"{', '.join(others)} or {last} (default: text; github in its Actions)",
    )
    completes(option, lambda: FORMATS)
    sub.add_argument("--output", metavar="FILE", help="write the report to a file")
    sub.add_argument("-q", "--quiet", action="store_true", help="show findings and nothing else")
    sub.add_argument("--statistics", action="store_true", help="show how often each code was found")
    sub.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the text (default: auto, on a terminal unless NO_COLOR is set)",
    )


def add_stdin_filename(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--stdin-filename",
        metavar="NAME",
        help="treat standard input as the file of this name, which is not read",
    )


def add_exclusion(sub: ArgumentParser) -> None:
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


def add_many(sub: ArgumentParser) -> None:
    """The options for many files."""
    add_spread(sub, "check", "files")
    sub.add_argument("--no-cache", action="store_true", help="remember nothing of this run")
    sub.add_argument(
        "--cache-dir", metavar="DIR", help="where to remember (default: ~/.cache/xlcfg)"
    )


def add_spread(sub: ArgumentParser, verb: str, what: str) -> None:
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
        "--shard", metavar="K/N", help=f"{verb} only the K-th part of N, chosen by the paths"
    )
    sub.add_argument(
        "--engine", metavar="URL", help=f"{verb} on other machines, such as dask://scheduler:8786"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return int(text)


def add_domain(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--domain", type=int, metavar="N", help="the domain, where a recording holds several"
    )


# ---- reading ---------------------------------------------------------------------------------


def linter_of(arguments: Namespace) -> Linter:
    """The linter that a run is about.

    UsageError for a release or dialect that is not known, or a host file that cannot be used.
    """
    from xlcfg.catalogue import newest_release
    from xlcfg.checks.linter import Linter
    from xlcfg.hooks import Hooks
    from xlcfg.model.target import Target

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
    board = getattr(arguments, "dtb", None)
    target = Target(
        release or newest_release(),
        arch or "x86_64",
        as_released=getattr(arguments, "as_released", False)
        or bool(release and not getattr(arguments, "as_proposed", False)),
        host=host,
        dialects=_dialects(getattr(arguments, "dialect", [])),
        boot=boot,
        given=given_options(arguments),
        board=None if board is None else _read_board(board),
    )
    return Linter(target, Hooks(plugins=not getattr(arguments, "no_plugins", False)))


def _read_board(path: str) -> Source:
    from xlcfg.core.screen import safe
    from xlcfg.core.source import Source
    from xlcfg.source.devicetree import read
    from xlcfg.source.files import read_file

    source = read_file(path)
    if not isinstance(source, Source):
        raise UsageError(f"--dtb: {safe(source.path)}: {source.message}")
    tree = read(source)
    if tree.problem is not None:
        raise UsageError(f"--dtb: {safe(source.path)}: {tree.problem[0]}")
    if not tree.root.children and b"/dts-v1/" not in source.data:
        raise UsageError(f"--dtb: {safe(source.path)}: this is no device tree, it has no node")
    return source


def given_options(arguments: Namespace) -> tuple[str, ...]:
    """Names of what the command line itself says and settings of a project cannot change."""
    return tuple(
        name for name in ("xen", "arch", "dialect", "as_proposed") if getattr(arguments, name, None)
    )


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
    known = tuple(dialects())
    for name in names:
        if name not in known:
            from xlcfg.cli.usage_errors import no_such

            raise UsageError(no_such("--dialect", name, known))
    return tuple(dict.fromkeys(names))


def given_paths(arguments: Namespace, verb: str) -> list[str]:
    """The paths of the command line, then those of the list."""
    paths: list[str] = arguments.paths
    if arguments.files_from is None:
        if not paths:
            raise UsageError(f"nothing to {verb}: name files or directories, or use --files-from")
        return paths
    import os

    from xlcfg.source.files import read_list
    from xlcfg.source.paths import Unreadable

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


def parse_shard(arguments: Namespace) -> Shard | None:
    """The part of all files that `--shard K/N` names; no file of it has been seen yet."""
    if arguments.shard is None:
        return None
    from xlcfg.source.shard import Shard

    part, _, parts = arguments.shard.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        text = f"{arguments.shard!r} is not K/N with K from 1 to N, such as 2/8"
        raise UsageError(f"--shard: {text}")
    return Shard(int(part), int(parts))


def refuse_page_over(page: str | None, traces: Iterable[str]) -> None:
    """UsageError where the page is to be written over a trace."""
    if page and os.path.realpath(page) in map(os.path.realpath, traces):
        raise UsageError(f"--html: {page} is one of the traces")


def settle_stdin(arguments: Namespace) -> None:
    """Let `--stdin-filename` stand for `-`. UsageError where it goes with something else."""
    name = arguments.stdin_filename
    if name is None:
        return
    if arguments.paths not in ([], ["-"]) or getattr(arguments, "files_from", None):
        raise UsageError("--stdin-filename goes with - (standard input) alone")
    if not name:
        raise UsageError("--stdin-filename: no file has an empty name")
    arguments.paths = ["-"]


def inputs(
    paths: list[str],
    arguments: Namespace,
    linter: Linter,
    part: Shard | None = None,
) -> Iterator[Source | Unreadable]:
    """What is to be looked at: the paths' files, but for those that the options leave out."""
    from xlcfg.source.files import expand, without_copies

    passed = told_of_passed(arguments)
    wanted = input_filter(arguments, linter, passed)
    if arguments.stdin_filename:
        if part is not None and not part.has(arguments.stdin_filename):
            return iter(())
        found = iter([read_stdin(arguments)])
    else:
        kind = getattr(arguments, "kind", None) or ""
        found = expand(paths, sniff=arguments.sniff, kind=kind, shard=part, passed=passed)
    return without_copies(found if wanted is None else filter(wanted, found), paths, passed)


def told_of_passed(arguments: Namespace) -> Callable[[str, str], object]:
    """What is told of files that are passed over, and why: a line each with `--verbose`."""

    def told(path: str, why: str) -> None:
        if getattr(arguments, "verbose", False):
            import sys

            from xlcfg.core.screen import safe

            print(f"xlcfg: {safe(path)}: passed over: {safe(why)}", file=sys.stderr)

    return told


def read_stdin(arguments: Namespace) -> Source | Unreadable:
    """Standard input, under the name that it is given."""
    from xlcfg.source.files import read_named

    kind = getattr(arguments, "kind", None) or ""
    return read_named("-", kind, arguments.stdin_filename or "")


def input_filter(
    arguments: Namespace,
    linter: Linter,
    passed: Callable[[str, str], object] | None = None,
) -> Callable[[Source | Unreadable], bool] | None:
    """A function that says whether an input is looked at; None when nothing is left out.

    `passed` is told what is, and why.
    """
    only = getattr(arguments, "only", None)
    sniffed = arguments.sniff and arguments.paths == ["-"]
    excluded = path_filter(arguments, linter)
    if excluded is None and not only and not sniffed:
        return None
    from xlcfg.core.source import Source
    from xlcfg.source.paths import UNKNOWN

    def no(item: Source | Unreadable, why: str) -> bool:
        if passed is not None:
            passed(item.path, why)
        return False

    def wanted(item: Source | Unreadable) -> bool:
        if excluded is not None and excluded(item.file if isinstance(item, Source) else item.path):
            return no(item, "it is excluded")
        if not isinstance(item, Source):
            return True
        if sniffed and not item.kind:
            return no(item, UNKNOWN)
        if only and not _is(item, only):
            return no(item, f"it is not what --only {only} is about")
        return True

    return wanted


def _is(source: Source, only: str) -> bool:
    """Whether a source is what `--only` names. Most boot loaders' files are not about Xen."""
    from xlcfg.source.kinds import BOOT_KINDS, CPUPOOL, GUEST, XL_CONF

    if only == "guests":
        return source.kind == GUEST
    if source.kind in BOOT_KINDS:
        from xlcfg.source.kinds import has_lines

        return has_lines(source)
    return source.kind in (XL_CONF, CPUPOOL)


def path_filter(arguments: Namespace, linter: Linter) -> Callable[[str], bool] | None:
    """A function that says of a path whether it is left out; None when nothing can be."""
    from xlcfg.settings.project import Project

    projects = linter.projects
    try:
        here = os.getcwd()
    except OSError:  # the folder is gone; only absolute paths mean anything now
        here = os.sep
    own = Project(os.path.join(here, "-"), {"exclude": arguments.exclude})
    name = arguments.stdin_filename
    named = set() if arguments.force_exclude else {name, *arguments.paths}
    if not arguments.exclude and projects is None:
        return None

    def excluded(path: str) -> bool:
        if path in named or (path == "<stdin>" and not name):
            return False
        project = projects.above(path) if projects is not None else None
        return own.excludes(path) or (project is not None and project.excludes(path))

    return excluded
