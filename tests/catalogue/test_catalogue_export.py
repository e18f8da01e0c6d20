"""The JSON Schema of guest configs, and the pages of options."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from xlcfg import catalogue
from xlcfg.catalogue import Catalogue, page
from xlcfg.catalogue.jsonschema_export import guest_config_schema


def accepts(config: dict[str, Any], release: str = "4.20", arch: str = "x86", **more: Any) -> bool:
    schema = guest_config_schema(release, arch, **more)
    return bool(jsonschema.Draft202012Validator(schema).is_valid({"name": "a", **config}))


@pytest.mark.parametrize("release", catalogue.releases())
@pytest.mark.parametrize("arch", ["x86", "arm"])
def test_the_schema_of_every_release_is_a_schema(release: str, arch: str) -> None:
    schema = guest_config_schema(release, arch)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == json.loads(json.dumps(schema))
    read = {o.name for o in catalogue.guest_options() if o.is_read(release, arch)}
    assert set(schema["properties"]) == read


@pytest.mark.parametrize(
    "config",
    [
        {"memory": 512},
        {"memory": "512", "vcpus": "0x2"},
        {"memory": " 010"},
        {"acpi": 1, "hap": "0"},
        {"disk": ["/a,raw,xvda,rw"], "vif": []},
        {"type": "pvh"},
        {"type": "hv"},
        {"bios": "OVMF"},
        {"tsc_mode": "native"},
        {"tsc_mode": 2},
        {"on_crash": "coredump-restart"},
        {"vnuma": [["pnode=0", "size=512"]]},
        {"serial": "pty"},
        {"serial": ["pty", "null"]},
        {"irqs": [5, "6"]},
        {"never_heard_of": 1},
        {"gfx_passthru": 1},
        {"gfx_passthru": "igd"},
        {"mmio_hole": 256},
    ],
)
def test_configs_xl_reads_as_written(config: dict[str, Any]) -> None:
    assert accepts(config)


@pytest.mark.parametrize(
    "config",
    [
        {"memory": "512M"},
        {"memory": "08"},
        {"memory": "5 "},
        {"memory": [512]},
        {"memory": 5.5},
        {"memory": None},
        {"acpi": "yes"},
        {"acpi": True},
        {"disk": "/a,raw,xvda"},
        {"type": "PV"},
        {"bios": "grub"},
        {"on_crash": "Destroy"},
        {"vnuma": ["pnode=0"]},
        {"mmio_hole": 100},
        {"name": ["a"]},
    ],
)
def test_configs_it_does_not(config: dict[str, Any]) -> None:
    assert not accepts(config)


def test_the_schema_follows_the_release() -> None:
    old = {"device_model_version": "qemu-xen-traditional"}
    assert accepts(old, "4.20")
    assert not accepts(old, "4.21")
    assert accepts({"tee": "ffa"}, "4.18", "arm")
    assert not accepts({"tee": "ffa"}, "4.17", "arm")
    assert accepts({"vpmu": 1}, "4.16", strict=True)
    assert not accepts({"vpmu": 1}, "4.15", strict=True)
    assert not accepts({"tee": "optee"}, "4.20", "x86", strict=True)


def test_name_is_required() -> None:
    validator = jsonschema.Draft202012Validator(guest_config_schema("4.22", "x86"))
    assert not validator.is_valid({"memory": 1})


def test_contributed_options_are_in_the_schema() -> None:
    layer = Catalogue(guest=catalogue.dialect_options("libvirt"))
    assert accepts({"parallel": "pty"}, options=layer, strict=True)
    assert not accepts({"parallel": "pty"}, strict=True)


def test_every_kind_has_words_and_a_form() -> None:
    for option in catalogue.guest_options():
        assert option.kind in page._KINDS
    for parameter in catalogue.boot_parameters():
        assert all(kind.kind in page._KINDS for kind in parameter.kinds)


def test_a_page_of_an_option() -> None:
    text = page.option_page("max_grant_version", "4.15")
    assert text is not None
    assert "guest key" in text
    assert "key of xl.conf" in text
    assert "Xen 4.16 to unstable" in text
    assert "In 4.15       not read" in text


def test_a_name_in_two_places_gets_both_pages() -> None:
    text = page.option_page("vpmu")
    assert text is not None
    assert "guest key" in text
    assert "boot parameter" in text


def test_a_page_says_what_took_the_place() -> None:
    text = page.option_page("pku")
    assert text is not None
    assert "Xen 4.7 to 4.17" in text
    assert "cpuid=no-pku" in text


def test_an_unknown_name_has_no_page() -> None:
    assert page.option_page("nonsense") is None
    assert page.option_data("nonsense") == []


def test_pages_fit_in_80_columns() -> None:
    names = {o.name for o in catalogue.guest_options()}
    names |= {p.name for p in catalogue.boot_parameters()} | set(catalogue.xl_conf_options())
    for name in names:
        text = page.option_page(name, "4.17")
        assert text is not None
        for line in text.splitlines():
            # Only what has no blank to break at may be longer.
            assert len(line) <= 80 or " " not in line[16:].strip(), line
            assert line == line.rstrip()


@pytest.mark.parametrize("place", ["guest", "boot", "xl.conf"])
def test_lists(place: str) -> None:
    text = page.list_page(place)
    assert all(len(line) <= 80 for line in text.splitlines())
    data = page.list_data(place)
    assert [e["name"] for e in data] == sorted(e["name"] for e in data)
    assert all(e["description"] for e in data)
    assert len(page.list_data(place, "4.4")) < len(data)
    json.dumps(data)


def test_lists_keep_to_release_and_architecture() -> None:
    names = {e["name"] for e in page.list_data("guest", "4.20", "x86")}
    assert "memory" in names
    assert not names & {"sve", "pvh", "xenstore_quota"}


def test_the_data_of_an_option_is_json() -> None:
    for name in ("disk", "dom0_mem", "cpuid", "vif.default.bridge", "ivrs_hpet["):
        data = page.option_data(name)
        assert data
        assert json.loads(json.dumps(data))[0]["name"] == name
    assert page.option_data("dom0_mem")[0]["manual"].endswith("#dom0_mem-x86")
