"""The catalogue agrees with what real programs did.

The files in `data/` record runs of the xl of three releases: the keys it asked its config library
for, and what it answered to the values of enumerations.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xlcfg import catalogue

DATA = Path(__file__).parent / "data"
ASKED: dict[str, dict[str, list[str]]] = json.loads(
    (DATA / "observed_keys.json").read_text("utf-8")
)["asked"]
VALUES: dict[str, dict[str, dict[str, list[str]]]] = json.loads(
    (DATA / "observed_values.json").read_text("utf-8")
)["values"]
RELEASES = ("4.14", "4.17", "4.20")


@pytest.mark.parametrize("release", RELEASES)
def test_the_keys_xl_asks_for_are_those_of_the_catalogue(release: str) -> None:
    asked = {n for types, names in ASKED[release].items() if types != "xl.conf" for n in names}
    known = {o.name for o in catalogue.guest_options() if o.is_parsed(release)}
    assert asked == known


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("guest_type", catalogue.GUEST_TYPES)
def test_the_guest_types_that_make_xl_ask(release: str, guest_type: str) -> None:
    asked = {
        name
        for types, names in ASKED[release].items()
        if guest_type in types.split()
        for name in names
    }
    known = {o.name for o in catalogue.guest_options() if o.is_parsed(release, guest_type)}
    assert asked == known


@pytest.mark.parametrize("release", RELEASES)
def test_the_keys_of_xl_conf(release: str) -> None:
    index = catalogue.release_index(release)
    known = {
        name
        for name, option in catalogue.xl_conf_options().items()
        for first, last in option["runs"]
        if catalogue.release_index(first) <= index <= catalogue.release_index(last)
    }
    # xl.conf and guest configs share the names of some keys, which the record cannot tell apart.
    assert set(ASKED[release]["xl.conf"]) == {n for n in known if not catalogue.guest_option(n)}


def known_values(detail: Any) -> dict[str, Any]:
    values = catalogue.enum(detail["enum"])["values"] if "enum" in detail else detail["values"]
    return {v if isinstance(v, str) else v["value"]: v for v in values}


@pytest.mark.parametrize("name", sorted(VALUES))
def test_the_values_xl_takes_and_refuses(name: str) -> None:
    known = known_values(catalogue.detail(name))
    for release, answer in VALUES[name].items():
        index = catalogue.release_index(release)
        alive = {
            value
            for value, entry in known.items()
            if isinstance(entry, str)
            or any(
                catalogue.release_index(a) <= index <= catalogue.release_index(b)
                for a, b in entry["runs"]
            )
        }
        assert set(answer["accepted"]) == alive, release
        assert set(answer["refused"]) == set(known) - alive, release
