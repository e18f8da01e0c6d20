"""Checks a text as a file, the way the command line does."""

from __future__ import annotations

import re

from support import make_linter
from xlcfg.checks.file import check_any
from xlcfg.checks.guest import check_guests
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Report
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.guest import Guest

#: Rules about what only later releases read.
LATER = {"DT113": "4.22", "DT115": "4.22"}


def linter(arch: str = "x86_64", release: str = "4.20") -> Linter:
    return make_linter(release, arch, Hooks(plugins=False))


def reports(
    text: str | bytes, name: str = "guest", *, arch: str = "x86_64", release: str = "4.20"
) -> list[Report]:
    """The reports on a text; its first line may say with `# xlcfg: --kind` what it is."""
    data = text.encode() if isinstance(text, str) else text
    source = Source(name, data)
    kind = re.match(r"# xlcfg: --kind (\S+)", source.text)
    if kind is None:
        return check_guests(source, linter(arch, release))
    source.kind = kind[1]
    return check_any(source, linter(arch, release))


def guests(text: str | bytes, name: str = "guest", *, arch: str = "x86_64") -> list[Guest]:
    data = text.encode() if isinstance(text, str) else text
    return linter(arch).read_guests(Source(name, data))


def codes(report: Report) -> list[str]:
    return [d.code for d in report.diagnostics]


def quoted(report: Report, code: str) -> str:
    """The text of the file that the finding of this code lies on."""
    (found,) = (d for d in report.diagnostics if d.code == code)
    assert found.start is not None
    assert found.end is not None
    return report.source.data[found.start : found.end].decode()
