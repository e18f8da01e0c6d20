"""xlcfg against what the real hosts in the box made of every recorded case; needs no box."""

from __future__ import annotations

import pytest
from box import records, verdicts

CASES = records.cases()
OPEN = {(release, entry.case) for entry in records.opened() for release in entry.releases}


@pytest.mark.parametrize("release", records.RELEASES)
def test_what_a_host_creates_has_no_error(release: str) -> None:
    wrong = [
        f"{result.case}: {found}"
        for result in records.results(release).values()
        if result.rc == 0
        for with_host in (False, True)
        if (found := verdicts.errors(CASES[result.case], release, with_host))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("release", records.RELEASES)
def test_what_a_host_refuses_is_an_error_or_has_its_reason(release: str) -> None:
    unnamed = [
        f"{result.case}: {result.layer}: {result.message}"
        for result in records.results(release).values()
        if result.rc != 0
        and (release, result.case) not in OPEN
        and not verdicts.refuses(CASES[result.case], release)
    ]
    assert not unnamed, "no error, and not in tests/box/data/open.tsv:\n" + "\n".join(unnamed)


def test_every_reason_is_still_needed() -> None:
    """An entry of open.tsv goes with the rule that names the refusal."""
    results = {release: records.results(release) for release in records.RELEASES}
    done = []
    for release, case in sorted(OPEN):
        result = results[release].get(case)
        if result is None or result.rc == 0:
            done.append(f"{release} {case}: no such refusal is recorded")
        elif verdicts.refuses(CASES[case], release):
            done.append(f"{release} {case}: xlcfg reports it: strike it out")
    assert not done, "\n".join(done)


def test_the_records_are_well_formed() -> None:
    entries = records.opened()
    assert all(entry.kind in records.KINDS and entry.reason for entry in entries)
    assert len({entry.case for entry in entries}) == len(entries)
    for release in records.RELEASES:
        found = records.results(release)
        assert not found.keys() - CASES.keys()
        for result in found.values():
            assert result.layer in records.LAYERS
            assert (result.rc == 0) == (result.layer == "")
            assert result.message == records.steady(result.message)
        assert not records.command_lines(release).keys() - found.keys()
