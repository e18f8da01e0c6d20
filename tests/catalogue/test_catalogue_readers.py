"""Every guest key is read, and by what the catalogue names: a bad value never passes in silence."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from xlcfg import catalogue
from xlcfg.catalogue import build
from xlcfg.catalogue._compiled.guest import NAMES, ORDER, STEPS
from xlcfg.model.settings import Settings
from xlcfg.model.xl import create, keys, read
from xlcfg.syntax.guest import read_guest

NAMED = [(key, how) for key, how, _ in ORDER if key]
NAMED += [(key, how) for step in STEPS.values() for key, how in step]

#: text of a value -> none of the kinds it is for takes it without a word
BAD = ("[ [ 'x' ] ]", "[ 'x', [ 'y' ] ]", "'never heard of'", "'1'", "''")


def outcomes(key: str, value: str, release: str, guest: str) -> set[str]:
    kind = f'type = "{guest}"\n' if release not in ("4.8", "4.9") else ""
    text = f'name = "a"\n{kind}kernel = "/k"\nvnc = 1\n'
    text = "".join(line for line in text.splitlines(True) if not line.startswith(f"{key} "))
    settings = Settings(read_guest(f"{text}{key} = {value}\n"))
    found = read(settings, release, "x86_64").outcomes
    return {o.kind for o in found if o.key == key and o.kind != "key.other-guest-type"}


def test_the_catalogue_and_the_order_have_the_same_keys() -> None:
    assert sorted(key for key, _ in NAMED) == [o.name for o in catalogue.guest_options()]


@pytest.mark.parametrize(("key", "how"), NAMED)
def test_the_reader_of_every_key_exists(key: str, how: str) -> None:
    if how.startswith("specs."):
        assert callable(importlib.import_module(f"xlcfg.model.xl.{how}").read)
    elif how:
        assert how in keys.READERS
    else:
        # its step alone knows how to read it
        assert "read_with" in catalogue.detail(key)


def test_every_reader_and_every_step_has_a_key() -> None:
    named = {how for _, how in NAMED}
    assert set(keys.READERS) <= named
    assert set(create.STEP_READERS) == set(STEPS)


@pytest.mark.parametrize(
    "option",
    catalogue.guest_options(),
    ids=lambda option: str(option.name),
)
def test_a_bad_value_of_any_key_is_noted(option: catalogue.GuestOption) -> None:
    release = option.last if option.last != "unstable" else "4.22"
    noted = [
        (value, guest, kind)
        for value in BAD
        for guest in option.parsed_types
        for kind in outcomes(option.name, value, release, guest)
    ]
    assert noted


@pytest.mark.parametrize("key", sorted(NAMES))
def test_the_names_that_xl_takes_are_those_of_the_data(key: str) -> None:
    option = catalogue.guest_option(key)
    assert option is not None
    table = option.detail
    table = catalogue.enum(table["enum"]) if "enum" in table else table
    for release in catalogue.releases():
        if option.is_parsed(release):
            minor = 99 if release == "unstable" else int(release.partition(".")[2])
            wanted = [
                value if isinstance(value, str) else value["value"]
                for value in table["values"]
                if isinstance(value, str) or catalogue.alive(value["runs"], release)
            ]
            assert keys.names_of(key, minor) == wanted


def entry(**fields: Any) -> dict[str, Any]:
    return {"name": "fresh", "kind": "long", "guest_types": ["hvm"], **fields}


def test_a_key_is_read_as_its_kind_says_or_itself() -> None:
    assert build.reader_of(entry(), "") == "long"
    assert build.reader_of(entry(read_as="mebibytes"), "") == "mebibytes"
    assert build.reader_of(entry(kind="spec-list", grammar="disk"), "") == "specs.disk"
    assert build.reader_of(entry(kind="enum-string"), "exact") == "exact_name"
    assert build.reader_of(entry(kind="enum-string"), "case-insensitive") == "name"


@pytest.mark.parametrize("kind", ["list", "spec-list", "spec-string", "enum-string"])
def test_a_key_that_nobody_reads_is_refused(kind: str) -> None:
    with pytest.raises(build.NoReaderError, match=r"fresh: .* add `read_as`"):
        build.reader_of(entry(kind=kind), "")
