"""`xlcfg options` and `xlcfg schema`: the catalogue, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from support import Cli, make_linter
from xlcfg import catalogue
from xlcfg.catalogue.page import option_data, string_words
from xlcfg.checks.guest import check_source
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.boot import read_boot_line
from xlcfg.rules.boot import severity

NEWEST = catalogue.newest_release()


def test_a_page_says_what_there_is_to_say(cli: Cli) -> None:
    done = cli("options", "tsc_mode", "--xen", "4.17")
    assert done.returncode == 0
    for text in ("guest key", "native_paravirt", "Example", "pv, pvh, hvm", "In 4.17", "https://"):
        assert text in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_words_inside_a_string_are_listed(cli: Cli) -> None:
    page = cli("options", "disk").stdout
    for text in ("qcow2", "backendtype", "direct-io-safe", "since 4.5", "alone"):
        assert text in page
    assert max(map(len, page.splitlines())) <= 80
    assert (
        "specification" not in cli("options", "disk", "--xen", "4.14").stdout.partition("Words")[2]
    )
    for option in catalogue.guest_options():
        keys = (
            catalogue.grammar(option.detail["grammar"]).get("keys", ())
            if ("grammar" in option.detail)
            else ()
        )
        shown = {
            word.name for entry in option_data(option.name) for word in string_words(entry, None)
        }
        assert shown == {key["name"] for key in keys}


def test_a_name_of_two_places_has_two_pages(cli: Cli) -> None:
    done = cli("options", "altp2m")
    assert "guest key" in done.stdout
    assert "boot parameter" in done.stdout
    done = cli("options", "altp2m", "--kind", "boot")
    assert "guest key" not in done.stdout


@pytest.mark.parametrize("kind", ["guest", "boot", "xl.conf"])
def test_the_list_fits_and_is_complete(cli: Cli, kind: str) -> None:
    done = cli("options", "--kind", kind)
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    listed = {line.split()[0] for line in done.stdout.splitlines() if line[:1] != " "}
    wanted = {
        "guest": {o.name for o in catalogue.guest_options()} | {"runstate_translation"},
        "boot": {p.name for p in catalogue.boot_parameters()} | {"runstate-translation"},
        "xl.conf": set(catalogue.xl_conf_options()),
    }[kind]
    assert listed == wanted


def test_the_list_of_a_release_and_a_machine(cli: Cli) -> None:
    old = cli("options", "--kind", "guest", "--xen", "4.14").stdout
    assert "\nvcpus " in old
    assert "\nvpmu " not in old
    assert "\nvpmu " in cli("options", "--kind", "guest", "--xen", "4.17").stdout
    assert "\nviridian " in cli("options", "--kind", "guest", "--arch", "x86_64").stdout
    assert "\nviridian " not in cli("options", "--kind", "guest", "--arch", "arm64").stdout


def test_json_has_the_same(cli: Cli) -> None:
    (found,) = json.loads(cli("options", "vcpus", "--format", "json").stdout)["options"]
    assert (found["place"], found["name"], found["kind"]) == ("guest", "vcpus", "long")
    assert found["example"] == "vcpus = 4"
    listed = json.loads(cli("options", "--format", "json").stdout)["options"]
    assert {entry["place"] for entry in listed} == {"guest", "boot", "xl.conf"}


def test_contributed_options_are_options(cli: Cli) -> None:
    done = cli("options", "runstate_translation", "runstate-translation")
    assert done.returncode == 0
    assert "guest key" in done.stdout
    assert "boot parameter" in done.stdout
    assert cli("options", "dt_compatible").returncode == 2
    assert "guest key" in cli("options", "dt_compatible", "--dialect", "epam").stdout


def test_unknown_names_are_told_with_what_was_meant(cli: Cli) -> None:
    done = cli("options", "vcpu", "vcpus")
    assert done.returncode == 2
    assert "there is no option vcpu; did you mean `vcpus`?" in done.stderr
    assert "How many vCPUs" in done.stdout or "guest key" in done.stdout
    assert "`autoballoon`" in cli("options", "autobaloon").stderr
    assert "`dom0_mem`" in cli("options", "dom0-mem").stderr
    assert "`xlcfg options` lists them" in cli("options", "q" * 5000).stderr


def test_a_bracket_finds_its_parameter(cli: Cli) -> None:
    assert cli("options", "ivrs_hpet[0]").returncode == 0


# ---- examples --------------------------------------------------------------------------------


#: the newest release that reads an option
def _release(runs: Any) -> str:
    last = runs[-1][1]
    return NEWEST if last == len(catalogue.releases()) - 1 else catalogue.releases()[last]


def _example(name: str, place: str) -> str:
    entries = [e for e in option_data(name) if e["place"] == place]
    return str(entries[0].get("example", ""))


@pytest.mark.parametrize("option", catalogue.guest_options(), ids=lambda o: o.name)
def test_guest_examples_are_accepted(option: catalogue.GuestOption) -> None:
    example = _example(option.name, "guest")
    if not example:
        return
    guest = option.guest_types[-1]
    arch = "arm64" if option.arch == "arm" else "x86_64"
    first = f'type = "{guest}"\n' if option.name not in ("type", "builder") else ""
    lines = {"name": 'name = "x"\n', "kernel": 'kernel = "/k"\n', "memory": "memory = 1024\n"}
    rest = "".join(text for key, text in lines.items() if key != option.name)
    release = _release(option.runs)
    if catalogue.release_index(release) < catalogue.release_index("4.10"):
        first = ""
    source = Source("x.cfg", (first + rest + example + "\n").encode())
    report = check_source(source, make_linter(release, arch, Hooks(plugins=False)))
    assert report.guest is not None
    said = [o for o in report.guest.reading.outcomes if o.key == option.name]
    fatal = [o for o in said if o.effect in ("refused", "crash", "dropped", "wrapped", "cut")]
    assert fatal == []


@pytest.mark.parametrize("parameter", catalogue.boot_parameters(), ids=lambda p: p.name)
def test_boot_examples_are_accepted(parameter: catalogue.BootParameter) -> None:
    example = _example(parameter.name, "boot")
    if not example:
        return
    release = _release(parameter.runs)
    arch = next(a for a in ("x86", "arm64", "arm32", "riscv") if parameter.kind(release, a))
    line = read_boot_line(example, release, arch)
    assert [f for f in line.findings if severity(f) == "error"] == []
    assert line.words[0].name == parameter.name


# ---- schema ----------------------------------------------------------------------------------


def schema(cli: Cli, *arguments: str) -> dict[str, Any]:
    done = cli("schema", *arguments)
    assert done.returncode == 0
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def test_the_schema_takes_and_refuses_configs(cli: Cli) -> None:
    check = jsonschema.Draft202012Validator(schema(cli))
    assert check.is_valid({"name": "web", "kernel": "/k", "memory": "2048", "vif": []})
    assert not check.is_valid({"name": "web", "memory": "lots"})
    assert not check.is_valid({"memory": 2048})


def test_the_schema_is_of_a_release_and_a_machine(cli: Cli) -> None:
    assert "vpmu" not in schema(cli, "--xen", "4.14")["properties"]
    assert "vpmu" in schema(cli, "--xen", "4.17")["properties"]
    assert "gic_version" not in schema(cli, "--arch", "x86_64")["properties"]
    assert "gic_version" in schema(cli, "--arch", "arm64")["properties"]


def test_the_schema_has_contributed_options(cli: Cli) -> None:
    found = schema(cli, "--dialect", "epam", "--arch", "arm64", "--strict")
    check = jsonschema.Draft202012Validator(found)
    assert check.is_valid({"name": "x", "dt_compatible": ["a"], "runstate_translation": 1})
    assert check.is_valid({"name": "x", "runstate_translation": "hypercall"})
    assert not check.is_valid({"name": "x", "runstate_translation": "once"})
    assert not check.is_valid({"name": "x", "vcpu": 1})
