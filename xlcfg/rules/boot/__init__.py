"""What Xen makes of its boot parameters: the words for it, and the checker that reports it.

A file here has the words for the kinds of finding (`xlcfg.model.boot.line.EFFECTS`) that it is
about, each with "boot." before it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.catalogue import BootParameter
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.boot import Finding
    from xlcfg.model.target import Target
    from xlcfg.syntax.cmdline import Boot


def findings(
    boot: Boot, target: Target, extra: dict[str, BootParameter], version: str = ""
) -> Iterator[Diagnostic]:
    """What Xen of the target's release would say, and what it would drop without saying so.

    `extra` are parameters that plugins contribute, by name; a release has no proposed one.
    `version` is the exact version of the target's release, such as "4.14.3", where it is known.
    """
    from xlcfg.core.diagnostics import ERROR, INFO, Diagnostic
    from xlcfg.core.policy import BOOT_PARAMETER
    from xlcfg.model.boot import read_boot_line
    from xlcfg.policy import ACCEPTED_ON_BOOT_LINE, parse_boot_value
    from xlcfg.rules.runstate.rs002_runstate_option_unreleased import HELP, MESSAGE

    if target.as_released:
        extra = {name: one for name, one in extra.items() if name != BOOT_PARAMETER}
    line = read_boot_line(boot.source.text, version or target.release, target.arch, extra=extra)
    for found in line.findings:
        code, message, help_text = finding_words(found)
        yield Diagnostic(
            code, severity(found), message, start=found.start, end=found.end, help=help_text
        )
    reported = False
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
        if not reported:
            reported = True
            yield Diagnostic(
                "RS002",
                INFO,
                MESSAGE.format(BOOT_PARAMETER),
                start=read.name_start,
                end=read.name_end,
                help=HELP,
            )


def severity(found: Finding) -> str:
    """An error exactly when this Xen itself reports the word."""
    from xlcfg.core.diagnostics import ERROR, INFO, WARNING
    from xlcfg.model.boot.line import ADVICE, INVALID, UNKNOWN

    if found.effect == ADVICE:
        return INFO
    return ERROR if found.reported and found.effect in (UNKNOWN, INVALID) else WARNING


def finding_words(found: Finding) -> tuple[str, str, str]:
    """Code, message and help for what there is to say about a place of a boot line."""
    from xlcfg.rules.messages import words

    return words(f"boot.{found.kind}", found.args)
