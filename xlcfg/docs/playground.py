"""What the playground of the documentation asks: a text in, findings, fixes and policy out.

It runs in the browser (docs/playground/worker.js), and in the tests as any function.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xlcfg import catalogue
from xlcfg.checks.file import check_any
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Report
from xlcfg.core.screen import safe
from xlcfg.core.source import Source
from xlcfg.fix import fix_report
from xlcfg.hooks import Hooks
from xlcfg.model.target import ARCHITECTURES, Target
from xlcfg.report.policy import block
from xlcfg.run import check_boot
from xlcfg.syntax.cmdline import read_boot

if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Diagnostic

#: what a text can be said to be, and the name its findings are told under
KINDS = {"guest": "guest.cfg", "boot": "boot line", "tree": "board.dts"}
#: bytes of a text that is looked at while somebody types
LIMIT = 256 * 1024
#: findings that are handed over
SHOWN = 500


def choices() -> str:
    """The releases, newest first, and architectures that can be chosen, as JSON."""
    return json.dumps({"xen": catalogue.releases()[::-1], "arch": list(ARCHITECTURES)})


def answer(request: str) -> str:
    """Check one text; request and answer are JSON.

    The request has `text`, `kind` (of `KINDS`), `arch`, and `xen`, which is a release or "": the
    newest, as it would be with the proposed options. The answer has `findings`, each
    with `start` and `end` in UTF-16 code units of the text (null for none), `left_out`, the number
    of findings beyond `SHOWN`, `policies` (blocks of text), and `fixed` and `fixed_unsafely`: the
    text after fixes, null where there is nothing to fix. `error` is there instead where the text
    is not looked at.
    """
    asked = json.loads(request)
    data = asked["text"].encode("utf-8", "surrogatepass")
    if len(data) > LIMIT:
        return json.dumps({"error": f"A text of up to {LIMIT // 1024} KiB is checked here."})
    kind = asked["kind"]
    source = Source(KINDS[kind], data)
    xen = asked["xen"]
    target = Target(xen or catalogue.newest_release(), asked["arch"], as_released=bool(xen))
    linter = Linter(target, Hooks(plugins=False))
    if kind == "boot":
        linter.target = linter.target.replace(boot=read_boot(source.text.strip("\n")))
        reports = [check_boot(linter)]
    else:
        source.kind = "dts" if kind == "tree" else ""
        reports = check_any(source, linter)
    fixed, fixed_unsafely = _fixed(reports, linter)
    places = _Places(data)
    found = [(report, one) for report in reports for one in report.diagnostics]
    return json.dumps(
        {
            "findings": [_finding(*one, places) for one in found[:SHOWN]],
            "left_out": max(0, len(found) - SHOWN),
            "policies": [text for report in reports for text in _policy(report)],
            "fixed": fixed,
            "fixed_unsafely": fixed_unsafely,
        }
    )


def _fixed(reports: list[Report], linter: Linter) -> list[str | None]:
    """The text after the safe fixes, and after the others, too."""
    if len(reports) != 1:
        return [None, None]
    report, texts = reports[0], []
    for unsafe in (False, True):
        report, fixes = fix_report(report, linter, unsafe=unsafe)
        texts.append(report.source.data.decode("utf-8", "replace") if fixes else None)
    return texts


def _finding(report: Report, one: Diagnostic, places: _Places) -> dict[str, Any]:
    start, end = (None if at is None else places.units(at) for at in (one.start, one.end))
    fix = one.fix
    return {
        "code": one.code,
        "severity": one.severity,
        "message": safe(one.message),
        "help": safe(one.help),
        "start": start,
        "end": end,
        "line": None if one.start is None else report.source.line_of(one.start),
        "fix": "" if fix is None or not fix.edits else ("safe" if fix.safe else "unsafe"),
    }


def _policy(report: Report) -> list[str]:
    return [] if report.policy is None else ["\n".join(block(report))]


class _Places:
    """Byte offsets of a text as UTF-16 code units, which is how a browser counts."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._last = (0, 0)

    def units(self, offset: int) -> int:
        # Places are asked for mostly in order: go on from the last one.
        at, units = self._last if self._last[0] <= offset else (0, 0)
        text = self.data[at:offset].decode("utf-8", "replace")
        units += len(text.encode("utf-16-le", "surrogatepass")) // 2
        self._last = (offset, units)
        return units
