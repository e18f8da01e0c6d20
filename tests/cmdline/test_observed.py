"""What Xen's own parser and handlers print, recorded from builds of several releases for x86.

The recorder printed whatever the log level: what `loglvl=` keeps back is there as well.
Each row of `observed.tsv` has a release, a line and the messages, separated by tabs.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from xlcfg.core.diagnostics import ERROR
from xlcfg.model.boot import read_boot_line
from xlcfg.rules.boot import severity

ROWS = [
    row.split("\t")
    for row in (Path(__file__).parent / "observed.tsv").read_text(encoding="ascii").splitlines()
]


def test_the_messages_are_the_same() -> None:
    wrong = [
        (release, line, messages, found)
        for release, line, *messages in ROWS
        if (found := [w.message for w in read_boot_line(line, release, "x86").words if w.message])
        != messages
    ]
    assert wrong == []


def test_errors_are_what_xen_reports() -> None:
    for release, line, *messages in ROWS:
        read = read_boot_line(line, release, "x86")
        errors = [f for f in read.findings if severity(f) == ERROR]
        assert bool(errors) == bool(read.xen_messages()), (release, line)
        assert set(read.xen_messages()) <= set(messages)


def test_the_recording_has_both_sides() -> None:
    quiet = Counter(len(row) == 2 for row in ROWS)
    assert quiet[True] > 400
    assert quiet[False] > 400
