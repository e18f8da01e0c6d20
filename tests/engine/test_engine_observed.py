"""The engine against what the real xl of three releases answered, as recorded by `record.py`."""

from __future__ import annotations

from typing import Any

import json_view
import pytest
from diff import SHIM_HOST, SHIM_HOST_BARE
from record import BASES, load
from trees import render, settings

from xlcfg.model.xl import read

RELEASES = ("4.14", "4.17", "4.20")


@pytest.mark.parametrize("number", range(len(RELEASES)), ids=RELEASES)
def test_every_key_and_spec_is_judged_like_xl(number: int) -> None:
    """Keys with values of every kind and device strings, for pv, pvh and hvm."""
    table = load("cells.json.gz")
    assert tuple(table["releases"]) == RELEASES
    host = SHIM_HOST_BARE if table["bare"][number] else SHIM_HOST
    wrong = []
    for key, guest, value, reached in table["cells"]:
        tree = settings(render([*BASES[guest], (key, value)]))
        reading = read(tree, RELEASES[number], "x86_64", host)
        if reading.refused == bool(reached[number]):
            wrong.append((key, guest, value, reading.outcomes))
    assert len(table["cells"]) > 4900
    assert not wrong


@pytest.mark.parametrize("number", range(len(RELEASES)), ids=RELEASES)
def test_random_configs_are_judged_and_understood_like_xl(number: int) -> None:
    """Refused or not; and of the accepted ones, every value libxl got from the file."""
    table = load("configs.json.gz")
    host = SHIM_HOST_BARE if table["bare"][number] else SHIM_HOST
    wrong: list[Any] = []
    accepted = 0
    for plain, answers in table["configs"]:
        pairs = [tuple(pair) for pair in plain]
        answer = answers[min(number, len(answers) - 1)]
        reading = read(settings(render(pairs)), RELEASES[number], "x86_64", host)
        if reading.refused == (answer is not None):
            wrong.append((pairs, reading.outcomes))
        elif answer is not None:
            accepted += 1
            wrong += [(pairs, line) for line in json_view.mismatches(reading, answer)]
    assert accepted > 500
    assert not wrong


def test_the_release_does_not_change_more_than_it_should() -> None:
    """What every release from 4.4 on refuses or takes, read for all of them."""
    from xlcfg.catalogue import releases

    good = render([("name", "x"), ("builder", "hvm"), ("memory", 64), ("disk", ["/x,raw,xvda,w"])])
    bad = render([("name", "x"), ("builder", "hvm"), ("disk", ["/x,raw,xvda,q"])])
    for release in releases():
        assert not read(settings(good), release, "x86_64").refused
        assert read(settings(bad), release, "x86_64").refused
