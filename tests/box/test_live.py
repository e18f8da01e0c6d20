"""The hosts in the box themselves: `tests/box/run`, or `pytest -m box` where they are set up.

Recorded cases in random order and new random ones, for at most XLCFG_BOX_SECONDS (300) in all; the
seed is printed, `XLCFG_FUZZ_SEED` repeats a run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from box import asking, native, records
from box.host import Box

import needs

pytestmark = pytest.mark.box
#: what the machine around says in its own words
_OF_THE_MACHINE = ("spice-host-bad", "vnc-listen-bad")


@pytest.mark.parametrize("release", records.RELEASES)
def test_the_host_is_one(box: Callable[[str], Box], release: str) -> None:
    assert f"xen_version            : {release}." in box(release).shell("xl info")


@pytest.mark.parametrize("release", records.RELEASES)
def test_a_guest_of_each_type(box: Callable[[str], Box], release: str) -> None:
    """Created, refused by xl, by libxl, by the device model, by Xen, and by a hotplug script."""
    cases = records.cases()
    names = "ok-pv ok-pvh pv-nokernel vdev-pv-vda soundhw-all boot-x vcpus-pvh-129".split()  # noqa: SIM905
    known = records.results("4.17")
    for name in names:
        answer = box(release).create(cases[name])
        assert (answer.rc, answer.layer) == (known[name].rc, known[name].layer), (name, answer.said)


@pytest.mark.parametrize("release", records.RELEASES)
def test_what_is_recorded_is_still_so(release: str, chance: random.Random, budget: float) -> None:
    needs.require(f"box-{release}")
    count, wrong = asking.recorded_round(release, chance, budget / 5)
    assert not wrong, "\n".join(wrong)
    assert count


@pytest.mark.parametrize("release", records.RELEASES)
def test_new_configs_get_the_right_verdict(
    release: str, chance: random.Random, budget: float
) -> None:
    needs.require(f"box-{release}")
    count, wrong = asking.random_round(release, chance, budget / 5)
    assert not wrong, "\n".join(wrong)
    assert count


@pytest.mark.parametrize("release", records.RELEASES)
def test_the_device_model_alone_says_the_same(release: str, tmp_path: Path) -> None:
    """Its refusals, and that it takes what it took, with every recorded command line."""
    needs.require(f"box-{release}")
    native.make_files(tmp_path)
    known = records.results(release)
    wrong = []
    for name, argv in records.command_lines(release).items():
        expected = known[name].message if known[name].layer == "qemu" else ""
        said = native.refusal(release, argv, tmp_path)
        if said != expected and (name not in _OF_THE_MACHINE or not said):
            wrong.append(f"{name}: {said!r}, and in the box {expected!r}")
    assert not wrong, "\n".join(wrong)
