"""Device trees against what arm64 Xen of each release did with them; needs no QEMU but for CI."""

from __future__ import annotations

import random
import time

import pytest
from box.dom0less import boot, trees

import needs
from support import make_linter
from xlcfg.checks.guest import check_guests
from xlcfg.core.host import Host
from xlcfg.core.source import Source

TREES = trees.trees()
OPEN = boot.opened()
REFUSED = ("panics", "hangs", "dtc")


#: QEMU's machine, as boot.py starts it
HOST = Host(2, memory_mb=1024)


def errors(tree: str, release: str, host: Host | None = HOST) -> list[str]:
    source = Source("a.dts", tree.encode())
    reports = check_guests(source, make_linter(release, "arm64", host=host))
    found = [d for report in reports for d in report.diagnostics]
    return [f"{d.code}: {d.message}" for d in found if d.severity == "error"]


@pytest.mark.parametrize("release", boot.RELEASES)
def test_what_xen_boots_has_no_error(release: str) -> None:
    wrong = [
        f"{outcome.tree}: {found[0]}"
        for outcome in boot.recorded(release).values()
        if outcome.outcome == "boots"
        and (release, outcome.tree) not in OPEN
        and (found := errors(TREES[outcome.tree], release))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("release", boot.RELEASES)
def test_what_xen_panics_over_is_an_error_or_has_its_reason(release: str) -> None:
    unnamed = [
        f"{outcome.tree}: {outcome.message}"
        for outcome in boot.recorded(release).values()
        if outcome.outcome in REFUSED
        and (release, outcome.tree) not in OPEN
        and not errors(TREES[outcome.tree], release)
    ]
    assert not unnamed, "no error, and not in dom0less-open.tsv:\n" + "\n".join(unnamed)


def test_every_reason_is_still_needed() -> None:
    done = []
    for release, tree in OPEN:
        outcome = boot.recorded(release)[tree].outcome
        if (outcome in REFUSED) == bool(errors(TREES[tree], release)):
            done.append(f"{release} {tree}")
    assert not done, "xlcfg agrees now, strike out:\n" + "\n".join(done)


def test_the_records_are_of_these_trees() -> None:
    for release in boot.RELEASES:
        assert not boot.recorded(release).keys() - TREES.keys()
    assert all(OPEN.values())


@pytest.mark.box
@pytest.mark.parametrize("release", boot.RELEASES)
def test_xen_still_does_what_is_recorded(
    release: str, chance: random.Random, budget: float
) -> None:
    """A random part of the trees, in the tenth part of the time for cases each."""
    needs.require("box-arm64")
    known = boot.recorded(release)
    names = sorted(known)
    chance.shuffle(names)
    end = time.monotonic() + budget / 10
    wrong = []
    for count, name in enumerate(names):
        if count and time.monotonic() > end:
            break
        found = boot.boot(release, name, TREES[name])
        if found[:2] != known[name][:2]:
            wrong.append(f"{release} {found}: {known[name]} is recorded")
    assert not wrong, "\n".join(wrong)
