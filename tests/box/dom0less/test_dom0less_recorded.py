"""Device trees against what arm64 Xen of each release did with them; needs no QEMU but for CI."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

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
#: words of Xen for what Debian's build lacks
LACKING = ("CONFIG_ARM64_SVE not selected",)


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
    release: str, chance: random.Random, budget: float, report: Callable[[str], None]
) -> None:
    """A random part of the trees, in a twentieth of the time for all that is asked."""
    needs.require("box-arm64")
    known = boot.recorded(release)
    names = sorted(known)
    chance.shuffle(names)
    _compare(release, {name: TREES[name] for name in names}, budget / 20, known, report)


@pytest.mark.box
@pytest.mark.parametrize("release", boot.RELEASES)
def test_new_trees_get_the_right_verdict(
    release: str, chance: random.Random, budget: float, report: Callable[[str], None]
) -> None:
    needs.require("box-arm64")
    made = {f"random-{n}": trees.random_tree(chance) for n in range(200)}
    _compare(release, made, budget / 20, None, report)


def _compare(
    release: str,
    asked: dict[str, str],
    seconds: float,
    known: dict[str, boot.Outcome] | None,
    report: Callable[[str], None],
) -> None:
    """Boot trees as far as the time goes; against records, or against xlcfg's verdict."""
    end = time.monotonic() + seconds
    count = silent = 0
    wrong = []
    for name, tree in asked.items():
        if count + silent and time.monotonic() > end:
            break
        found = boot.boot(release, name, tree)
        slow = found.outcome == "hangs" and (known is None or known[name].outcome != "hangs")
        if slow:
            found = boot.boot(release, name, tree, 4 * boot.PATIENCE)
        if slow and found.outcome == "hangs":
            silent += 1
            continue
        count += 1
        if known is not None and found[:2] != known[name][:2]:
            wrong.append(f"{release} {found}: {known[name]} is recorded")
        if known is None and (found.outcome in REFUSED) != bool(errors(tree, release)):
            if not any(word in found.message for word in LACKING):
                wrong.append(f"{release} {found}: {errors(tree, release)}\n{tree}")
    what = "recorded" if known is not None else "random"
    report(
        f"arm64 {release}, {what}: {count} asked, {silent} without an answer, {len(wrong)} differ"
    )
    assert not wrong, "\n".join(wrong)


def test_random_trees_are_read_and_repeat() -> None:
    made = [trees.random_tree(random.Random(seed)) for seed in range(100)]
    assert made == [trees.random_tree(random.Random(seed)) for seed in range(100)]
    assert len(set(made)) > 90
    verdicts = {bool(errors(tree, "4.20")) for tree in made}
    assert verdicts == {True, False}
