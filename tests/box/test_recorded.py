"""xlcfg against what the real hosts in the box made of every recorded case; needs no box."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box import records, verdicts

CASES = records.cases()
OPEN = {(release, entry.case) for entry in records.opened() for release in entry.releases}


_ATTACHED = (
    'name="a"\ntype="pv"\nkernel="/guest/tiny"\n'
    'disk=["format=raw,vdev={},access=r,target=/dev/vg/b"]\n'
)


def seen(release: str) -> Iterator[tuple[str, bytes, bool, str]]:
    """Case, config, whether the host refused it, and its words."""
    for result in records.results(release).values():
        said = f"{result.layer}: {result.message}"
        yield result.case, CASES[result.case], result.rc != 0, said
    if release == "4.17":
        for vdev, taken in records.vdevs().items():
            config = _ATTACHED.format(vdev).encode()
            yield f"attach-{vdev}", config, not taken, "libxl: no such virtual disk"
        for guest in records.created():
            yield f"created-{guest.case}", guest.config, guest.rc != 0, "refused"


@pytest.mark.parametrize("release", records.RELEASES)
def test_what_a_host_creates_has_no_error(release: str) -> None:
    wrong = [
        f"{case}: {found}"
        for case, config, refused, _ in seen(release)
        if not refused
        for with_host in (False, True)
        if (found := verdicts.errors(config, release, with_host))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("release", records.RELEASES)
def test_what_a_host_refuses_is_an_error_or_has_its_reason(release: str) -> None:
    unnamed = [
        f"{case}: {said}"
        for case, config, refused, said in seen(release)
        if refused and (release, case) not in OPEN and not verdicts.refuses(config, release)
    ]
    assert not unnamed, "no error, and not in tests/box/data/open.tsv:\n" + "\n".join(unnamed)


def test_what_a_guest_does_not_get_is_a_warning_or_has_its_reason() -> None:
    unnamed = [
        f"created-{guest.case}: {guest.differs}"
        for guest in records.created()
        if guest.differs
        and ("4.17", f"created-{guest.case}") not in OPEN
        and not verdicts.warns(guest.config, "4.17")
    ]
    assert not unnamed, "no warning, and not in tests/box/data/open.tsv:\n" + "\n".join(unnamed)


def test_every_reason_is_still_needed() -> None:
    """An entry of open.tsv goes with the rule that names the refusal, or what is lost."""
    lost = {f"created-{guest.case}" for guest in records.created() if guest.differs}
    done = []
    for release in records.RELEASES:
        known = {case: (config, refused) for case, config, refused, _ in seen(release)}
        for case in (case for at, case in sorted(OPEN) if at == release):
            if case not in known or not (known[case][1] or case in lost):
                done.append(f"{release} {case}: nothing of that kind is recorded")
            elif verdicts.refuses(known[case][0], release) or (
                case in lost and verdicts.warns(known[case][0], release)
            ):
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
