"""The data keeps to its schemas and to itself, and the compiled modules to the data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from xlcfg import catalogue
from xlcfg.catalogue import build

SCHEMAS = Path(build.__file__).parent / "schema"
NAMES = sorted(path.stem for path in build.DATA.glob("*.json"))


def entries() -> list[tuple[str, dict[str, Any]]]:
    guest = build.load("guest_options")["options"]
    boot = build.load("boot_parameters")["parameters"]
    conf = build.load("xl_conf")["options"]
    return [(where, e) for where, es in (("g", guest), ("b", boot), ("c", conf)) for e in es]


@pytest.mark.parametrize("name", NAMES)
def test_every_file_keeps_to_its_schema(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(build.load(name))
    assert [f"{list(e.absolute_path)}: {e.message}" for e in errors] == []


def test_the_schema_refuses_an_option_without_runs_or_with_an_unknown_field() -> None:
    schema = json.loads((SCHEMAS / "guest_options.schema.json").read_text("utf-8"))
    data = build.load("guest_options")
    validator = jsonschema.Draft202012Validator(schema)
    del data["options"][0]["runs"]
    assert not validator.is_valid(data)
    data = build.load("guest_options")
    data["options"][0]["colour"] = "red"
    assert not validator.is_valid(data)


def test_the_compiled_modules_are_what_the_data_gives() -> None:
    stale = [
        name
        for name, text in build.render().items()
        if (build.COMPILED / name).read_text("utf-8") != text
    ]
    assert stale == [], "run python -m xlcfg.catalogue.build"
    assert build.main(["--check"]) == 0


@pytest.mark.parametrize("name", ["guest_options", "boot_parameters", "xl_conf", "mistakes"])
def test_names_are_unique_and_sorted_where_people_look_them_up(name: str) -> None:
    data = build.load(name)
    lists = [v for v in data.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    assert lists
    for entry_list in lists:
        names = [e["name"] for e in entry_list]
        assert len(names) == len(set(names))


def walk_runs(value: Any) -> list[list[list[str]]]:
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("runs", "documented", "runtime") and isinstance(item, list):
                found.append(item)
            else:
                found += walk_runs(item)
    elif isinstance(value, list):
        for item in value:
            found += walk_runs(item)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_runs_are_in_order_and_apart(name: str) -> None:
    for runs in walk_runs(build.load(name)):
        indexes = [catalogue.release_index(r) for run in runs for r in run]
        assert indexes == sorted(indexes), runs
        starts = indexes[2::2]
        ends = indexes[1:-1:2]
        assert all(start > end + 1 for start, end in zip(starts, ends, strict=True)), runs


def test_grammars_and_enums_that_options_name_exist() -> None:
    for where, entry in entries():
        if where != "g":
            continue
        if "grammar" in entry:
            assert catalogue.grammar(entry["grammar"])
        if "enum" in entry:
            assert catalogue.enum(entry["enum"])["values"]


def test_readers_cover_the_runs() -> None:
    for option in catalogue.guest_options():
        for release in catalogue.releases():
            if option.is_parsed(release):
                index = catalogue.release_index(release)
                covered = [
                    reader
                    for reader in option.detail["readers"]
                    for first, last in reader["runs"]
                    if catalogue.release_index(first) <= index <= catalogue.release_index(last)
                ]
                assert len(covered) == 1, (option.name, release)


def test_kinds_cover_the_runs_of_boot_parameters() -> None:
    for parameter in catalogue.boot_parameters():
        for release in catalogue.releases():
            for arch in ("x86", "arm"):
                read = parameter.is_read(release, arch)
                assert bool(parameter.kind(release, arch)) == read, (parameter.name, release)


def test_replacements_of_mistakes_are_options() -> None:
    mistakes = build.load("mistakes")
    for entry in mistakes["guest"]:
        if "replacement" in entry:
            assert catalogue.guest_option(entry["replacement"]), entry
        assert catalogue.guest_option(entry["name"]) is None, entry
    for entry in mistakes["boot"]:
        if "replacement" in entry:
            assert catalogue.boot_parameter(entry["replacement"]), entry
        if "value_prefixes" not in entry:
            assert catalogue.boot_parameter(entry["name"]) is None, entry


def test_the_patterns_of_the_timeline_compile_and_name_options() -> None:
    for entry in build.load("timeline")["entries"]:
        find = catalogue.guest_option if entry["scope"] == "guest" else catalogue.boot_parameter
        for group in entry.get("when", []):
            for condition in group:
                assert find(condition["name"]) is not None, entry
                re.compile(condition.get("pattern", ""))


def test_nothing_of_xlcfg_itself_is_in_the_data_of_xen() -> None:
    names = {entry["name"] for _, entry in entries()}
    assert not names & {"runstate_translation", "runstate-translation"}
