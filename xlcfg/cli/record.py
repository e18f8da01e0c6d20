"""`xlcfg record` boots a guest on Xen under QEMU and writes a boot trace."""

from __future__ import annotations

import sys

from xlcfg.cli.arguments import add_no_plugins
from xlcfg.cli.errors import EXIT_USAGE, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from xlcfg.record.job import Boot, Order, Recorded
    from xlcfg.record.packages import Say
    from xlcfg.record.recording import Watcher

DESCRIPTION = (
    "Boots a kernel as a guest on a stock Xen under QEMU, watches it from outside, and writes what "
    "`xlcfg replay` reads. Kernels, Xen, QEMU and what runs in user mode can be fetched as Debian "
    "packages."
)
_LAST_LINES = 20
#: What other tools call the architectures.
_ARCHITECTURES = {
    "amd64": "x86_64",
    "aarch64": "arm64",
    "armhf": "arm32",
    "i386": "x86_32",
}


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _add_what_is_booted(sub)
    _add_when_it_ends(sub)
    sub.add_argument(
        "-o",
        "--output",
        metavar="TRACE",
        required=True,
        help="where to write it; -: standard output",
    )
    sub.add_argument("--columns", action="store_true", help="write the trace in columns")
    sub.add_argument("--console", metavar="FILE", help="write what the console said to a file")
    sub.add_argument(
        "--icount",
        action="store_true",
        help="let the guest's time pass by its instructions, for the same trace each time",
    )
    sub.add_argument("--qemu", metavar="FILE", help="the QEMU to use (10.2 or later)")
    sub.add_argument(
        "--machine",
        metavar="NAME",
        default="qemu",
        help="another machine to record from, which a plugin brings",
    )
    sub.add_argument("--mirror", metavar="URL", help="the Debian archive to fetch packages from")
    sub.add_argument(
        "--cache-dir",
        metavar="DIR",
        help="where packages are kept (default: ~/.cache/xlcfg/record)",
    )
    add_no_plugins(sub)


def _add_what_is_booted(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--kernel",
        metavar="FILE",
        required=True,
        help="a kernel's file, or debian:SUITE, debian:RELEASE or debian:SUITE/PACKAGE to fetch",
    )
    sub.add_argument(
        "--xen",
        metavar="FILE",
        default="debian:4.17",
        help="a hypervisor's file, debian:RELEASE or debian:SUITE (default: debian:4.17)",
    )
    sub.add_argument(
        "--arch",
        type=lambda text: _ARCHITECTURES.get(text.lower(), text),
        choices=("arm32", "arm64", "x86_32", "x86_64"),
        default="x86_64",
        help="the guest's architecture (default: x86_64); those of 32 bits run on a Xen of 64",
    )
    sub.add_argument(
        "--initrd", metavar="FILE", help="an initial RAM disk (default: a small load in user mode)"
    )
    sub.add_argument("--append", metavar="LINE", default="", help="more for the kernel's boot line")
    sub.add_argument("--xen-append", metavar="LINE", default="", help="more for Xen's boot line")
    sub.add_argument(
        "--guest", choices=("dom0", "domu"), default="dom0", help="which guest (default: dom0)"
    )
    sub.add_argument(
        "--type", choices=("pv", "pvh", "hvm"), help="its type (default: pv; on Arm all are pvh)"
    )
    sub.add_argument(
        "--firmware",
        choices=("grub",),
        help="what starts the kernel of a domU on x86 (default: nothing; grub for hvm)",
    )
    sub.add_argument(
        "--vcpus", type=_count, metavar="N", default=2, help="its vCPUs, 1 to 8 (default: 2)"
    )


def _add_when_it_ends(sub: ArgumentParser) -> None:
    sub.add_argument(
        "--until",
        metavar="WHAT",
        help="stop early: registered, updates=N, console=REGEX, or time=SECONDS of guest time",
    )
    sub.add_argument(
        "--limit",
        type=_seconds,
        metavar="SECONDS",
        default=600.0,
        help="stop after this time (default: 600)",
    )
    sub.add_argument(
        "--silence",
        type=_seconds,
        metavar="SECONDS",
        default=120.0,
        help="take a guest for hung whose console says nothing for so long (default: 120)",
    )
    sub.add_argument(
        "--max-size",
        type=_size,
        metavar="MIB",
        default=256,
        help="stop at this size (default: 256)",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 8:
        raise ValueError(text)
    return int(text)


def _size(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(text)
    return int(text)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def run(arguments: Namespace) -> int:
    """Record; 0 when it ended as wished, 1 when the guest did not get there, 2 when nothing began.

    Whatever was seen has been written with 0 and 1.
    """
    import signal

    from xlcfg.record.errors import RecordError
    from xlcfg.record.job import record

    lively = sys.stderr.isatty()
    # what is half fetched or half started is cleared away, as after Ctrl-C
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        done = record(
            _order(arguments),
            _say(lively),
            _progress if lively else None,
            _machines(arguments),
            arguments.machine,
        )
    except RecordError as error:
        _clear(lively)
        print(f"xlcfg: {_safe(str(error))}", file=sys.stderr)
        return EXIT_USAGE
    except OSError as error:
        _clear(lively)
        why = (error.strerror or str(error)).lower()
        where = error.filename if isinstance(error.filename, str) else arguments.output
        print(f"xlcfg: {_safe(where)}: {why}", file=sys.stderr)
        return EXIT_USAGE
    _clear(lively)
    return _report(arguments.output, done)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _order(arguments: Namespace) -> Order:
    from xlcfg.record.job import Order
    from xlcfg.record.recording import Limits, Until

    try:
        until = Until.parse(arguments.until) if arguments.until is not None else Until()
    except ValueError as error:
        raise UsageError(f"--until: {error}") from None
    return Order(
        output=arguments.output,
        kernel=arguments.kernel,
        xen=arguments.xen,
        arch=arguments.arch,
        initrd=arguments.initrd,
        append=arguments.append,
        xen_append=arguments.xen_append,
        guest=arguments.guest,
        type=arguments.type,
        firmware=arguments.firmware,
        vcpus=arguments.vcpus,
        icount=1 if arguments.icount else None,
        qemu=arguments.qemu,
        mirror=arguments.mirror,
        cache=arguments.cache_dir,
        columns=arguments.columns,
        console=arguments.console,
        until=until,
        limits=Limits(arguments.limit, arguments.max_size << 20, arguments.silence),
    )


def _machines(arguments: Namespace) -> dict[str, Boot]:
    """Those of plugins, by name."""
    if arguments.machine == "qemu":
        return {}
    from xlcfg.hooks import Hooks

    found: dict[str, Boot] = {}
    for answer in Hooks(plugins=not arguments.no_plugins).all("xlcfg_machines"):
        found.update(answer)
    return found


def _report(output: str, done: Recorded) -> int:
    """Say what is in the trace, and if the guest came to grief, what its console said last."""
    observer, outcome = done.observer, done.outcome
    # the trace itself may be on standard output
    to = sys.stderr if output == "-" else sys.stdout
    print(
        f"{_safe(output)}: {done.events:,} events in {outcome.seconds:.1f} s; "
        f"{done.online} of {observer.vcpus} vCPUs came up, "
        f"{len(observer.areas)} registered an area; "
        f"{observer.updates:,} updates due, {observer.missed:,} did not arrive",
        file=to,
    )
    print(f"ended: {outcome.why}", file=to)
    if outcome.good:
        return 0
    lines = [line for line in outcome.console.splitlines() if line.strip()]
    print("the console's last lines:", file=sys.stderr)
    for line in lines[-_LAST_LINES:]:
        print(f"  {_safe(line)}", file=sys.stderr)
    return 1


def _safe(text: str) -> str:
    from xlcfg.core.screen import safe

    return safe(text)


def _say(lively: bool) -> Say:
    def say(text: str) -> None:
        if lively:
            _show(text)

    return say


def _show(text: str) -> None:
    from shutil import get_terminal_size

    width = get_terminal_size().columns - 1
    sys.stderr.write(f"\r\x1b[K{_safe(text)[:width]}")
    sys.stderr.flush()


def _clear(lively: bool) -> None:
    if lively:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _progress(seconds: float, observer: Watcher, console: str) -> None:
    lines = console.strip().splitlines()
    _show(
        f"{seconds:.0f} s, {observer.stops.total():,} stops, {observer.updates:,} updates: "
        f"{lines[-1] if lines else ''}"
    )
