"""What Xen makes of its boot parameters: pages, and the checker that reports them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.catalogue import BootParameter
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.target import Target
    from xlcfg.syntax.cmdline import Boot


def findings(boot: Boot, target: Target, extra: dict[str, BootParameter]) -> Iterator[Diagnostic]:
    """What Xen of the target's release would say, and what it would drop without saying so.

    `extra` are parameters that plugins contribute, by name.
    """
    from xlcfg.core.diagnostics import ERROR, INFO, Diagnostic
    from xlcfg.model.cmdline import read_boot_line
    from xlcfg.policy import ACCEPTED_ON_BOOT_LINE, BOOT_PARAMETER, parse_boot_value
    from xlcfg.rules._index import KINDS
    from xlcfg.rules.runstate.rs002_runstate_option_unreleased import HELP, MESSAGE

    line = read_boot_line(boot.source.text, target.release, target.arch, extra=extra)
    for found in line.findings:
        yield Diagnostic(
            KINDS[f"boot.{found.kind}"],
            found.severity,
            found.message,
            start=found.start,
            end=found.end,
            help=found.help,
        )
    said = False
    for word in line.words:
        read = word.read
        if word.parameter is None or read.name != BOOT_PARAMETER:
            continue
        if parse_boot_value(read.value, read.negated) is None:
            yield Diagnostic(
                "RS003",
                ERROR,
                f"`{BOOT_PARAMETER}` cannot be `{read.value}`",
                start=read.start,
                end=read.end,
                help=f"write one of {ACCEPTED_ON_BOOT_LINE}",
            )
        if not said:
            said = True
            yield Diagnostic(
                "RS002",
                INFO,
                MESSAGE.format(BOOT_PARAMETER),
                start=read.name_start,
                end=read.name_end,
                help=HELP,
            )
