"""The hosts in the box themselves: `tests/box/run`, or `pytest -m box` where they are set up.

Recorded cases in random order and new random ones, for at most XLCFG_BOX_SECONDS (300) in all. The
end of the run says how many there was time for, and the seed; `XLCFG_FUZZ_SEED` repeats a run. A
machine too slow to answer is no failure: what has no answer is counted and left out.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from box import asking, native, records

import needs

pytestmark = pytest.mark.box
#: what the machine around says in its own words
_OF_THE_MACHINE = ("spice-host-bad", "vnc-listen-bad")
#: created, created, and refused by xl, by libxl twice, by the device model, by Xen
_OF_EACH_KIND = "ok-pv ok-pvh pv-nokernel vdev-pv-vda soundhw-all boot-x vcpus-pvh-129"

Report = Callable[[str], None]


def ended(round_: asking.Round, what: str, report: Report) -> None:
    """Says what was asked, fails for what differs, skips where there was no answer at all."""
    lost = f", {round_.silent} without an answer" if round_.silent else ""
    report(f"{what}: {round_.count} asked{lost}, {len(round_.wrong)} differ")
    assert not round_.wrong, "\n".join(round_.wrong)
    if not round_.count:
        pytest.skip(f"{what}: no answer in time, this machine is too slow for it")


@pytest.mark.parametrize("release", records.RELEASES)
def test_a_guest_of_each_kind(release: str, budget: float, report: Report) -> None:
    needs.require(f"box-{release}")
    names = _OF_EACH_KIND.split()
    ended(asking.recorded_round(release, names, budget / 10), f"{release}, of each kind", report)


@pytest.mark.parametrize("release", records.RELEASES)
def test_what_is_recorded_is_still_so(
    release: str, chance: random.Random, budget: float, report: Report
) -> None:
    needs.require(f"box-{release}")
    names = list(records.results(release))
    chance.shuffle(names)
    ended(asking.recorded_round(release, names, budget / 10), f"{release}, recorded", report)


@pytest.mark.parametrize("release", records.RELEASES)
def test_new_configs_get_the_right_verdict(
    release: str, chance: random.Random, budget: float, report: Report
) -> None:
    needs.require(f"box-{release}")
    ended(asking.random_round(release, chance, budget / 10), f"{release}, random", report)


@pytest.mark.parametrize("release", records.RELEASES)
def test_the_device_model_alone_says_the_same(
    release: str, chance: random.Random, budget: float, report: Report, tmp_path: Path
) -> None:
    """Its refusals, and that it takes what it took, with recorded command lines."""
    needs.require(f"box-{release}")
    native.make_files(tmp_path)
    known = records.results(release)
    lines = sorted(records.command_lines(release).items())
    chance.shuffle(lines)
    end = time.monotonic() + budget / 20
    found = asking.Round()
    for name, argv in lines:
        if time.monotonic() > end:
            break
        expected = known[name].message if known[name].layer == "qemu" else ""
        if "xen: " in expected or "ioreq server" in expected:
            continue  # it says so of the guest, and there is none
        try:
            said = native.refusal(release, argv, tmp_path)
        except subprocess.TimeoutExpired:
            found.silent += 1
            continue
        found.count += 1
        if said != expected and (name not in _OF_THE_MACHINE or not said):
            found.wrong.append(f"{name}: {said!r}, and in the box {expected!r}")
    ended(found, f"{release}, the device model alone", report)
