"""Every rule's page is true: its example has the finding, its fix has not."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from rules.pages import (
    CROSS_FILE_CODES,
    DOMAIN_CODES,
    RUN_CODES,
    XL_CODES,
    block,
    findings,
    found,
    sections,
)

from support import make_linter
from xlcfg.catalogue import XEN, newest_release
from xlcfg.checks.guest import check_source
from xlcfg.core.diagnostics import ERROR
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.boot.line import EFFECTS as BOOT_EFFECTS
from xlcfg.model.xl.effects import EFFECTS as GUEST_EFFECTS
from xlcfg.model.xl_conf import EFFECTS as CONF_EFFECTS
from xlcfg.rules import build
from xlcfg.rules._index import CODES, KINDS
from xlcfg.rules.cross_file import check_run
from xlcfg.rules.keys import xl108_deprecated_key
from xlcfg.rules.reading import SEVERITIES

EFFECTS = {**GUEST_EFFECTS, **CONF_EFFECTS}
SECTIONS = ("What it does", "Why", "Example", "Fix")
#: kinds that the rules on names or the reader report themselves
OTHERWISE_REPORTED = ("key.unknown", "key.other-release", "key.other-guest-type", "syntax.")
#: a list in a list cannot be one thing only
TWO_FINDINGS = {"XL107": {"XL204"}, "XD156": {"XL408"}}


@pytest.mark.parametrize("code", sorted(CODES))
def test_page_has_every_section(code: str) -> None:
    module = import_module(CODES[code][0])
    assert code == module.CODE
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", module.NAME)
    assert module.SUMMARY
    assert set(SECTIONS) <= set(sections(code))


def test_names_are_unique() -> None:
    names = [name for _, name, _ in CODES.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("code", sorted(set(CODES) - set(CROSS_FILE_CODES) - set(RUN_CODES)))
def test_example_is_found_and_fix_is_not(code: str) -> None:
    boot = ".boot." in CODES[code][0]
    assert code in found(block(code, "Example"), boot=boot)
    assert code not in found(block(code, "Fix"), boot=boot)


@pytest.mark.parametrize("code", XL_CODES + DOMAIN_CODES)
def test_example_shows_one_thing_and_fix_is_clean(code: str) -> None:
    assert found(block(code, "Example")) - {code} <= TWO_FINDINGS.get(code, set())
    assert found(block(code, "Fix")) == set()


def fleet(text: str) -> list[tuple[str, str]]:
    """Files with findings, and the codes, of an example of several files."""
    linter = make_linter(newest_release(), "x86_64", Hooks(plugins=False))
    parts = re.split(r"^# file: (.+)\n", text, flags=re.MULTILINE)
    guests = []
    for name, config in zip(parts[1::2], parts[2::2], strict=True):
        report = check_source(Source(name, config.encode()), linter)
        assert report.diagnostics == []
        assert report.guest is not None
        guests.append(report.guest)
    assert len(guests) > 1
    return [(guest.source.path, finding.code) for guest, finding in check_run(guests)]


@pytest.mark.parametrize("code", CROSS_FILE_CODES)
def test_example_of_several_files(code: str) -> None:
    example = block(code, "Example")
    last = re.findall(r"^# file: (.+)$", example, flags=re.MULTILINE)[-1]
    assert fleet(example) == [(last, code)]
    assert fleet(block(code, "Fix")) == []


def test_everything_said_about_boot_words_has_a_code() -> None:
    said = {kind for kind in KINDS if kind.startswith("boot.") and kind not in EFFECTS}
    assert said == {f"boot.{kind}" for kind in BOOT_EFFECTS}


def test_the_index_is_what_the_pages_say() -> None:
    assert build.main(["--check"]) == 0


def test_every_kind_has_a_code() -> None:
    missing = [
        kind for kind in EFFECTS if kind not in KINDS and not kind.startswith(OTHERWISE_REPORTED)
    ]
    assert missing == []


def test_a_code_has_one_severity() -> None:
    severities: dict[str, set[str]] = {}
    for kind, code in KINDS.items():
        if kind not in EFFECTS:
            continue  # an error where that Xen reports the word, a warning where it is silent
        effect = "advice" if EFFECTS[kind] == "host" else EFFECTS[kind]
        severities.setdefault(code, set()).add(SEVERITIES[effect])
    assert {code: s for code, s in severities.items() if len(s) > 1} == {}


def test_deprecated_keys_are_those_of_the_catalogue() -> None:
    """The rule keeps its own short list: the catalogue's is slow to load."""
    warned = {"altp2mhvm", "device_model", "vif2", "vncviewer"}
    since = {
        option.name: option.detail["deprecated"]["since"].removesuffix(" or earlier")
        for option in XEN.guest_options()
        if option.replacement and "deprecated" in option.detail
    }
    assert warned <= set(since)
    assert {n: s for n, s in since.items() if n not in warned} == xl108_deprecated_key.SINCE


GUESTS = {
    "pv": 'name = "x"\ntype = "pv"\nkernel = "/k"\n',
    "pvh": 'name = "x"\ntype = "pvh"\nkernel = "/k"\n',
    "hvm": 'name = "x"\ntype = "hvm"\n',
}


@pytest.mark.parametrize("guest", sorted(GUESTS))
@pytest.mark.parametrize("value", ["1", '"x"', '[ "x" ]'])
def test_no_setting_is_reported_twice(guest: str, value: str) -> None:
    """One line has at most one finding about the whole of it."""
    for option in XEN.guest_options():
        if option.name in ("name", "type", "builder", "kernel"):
            continue
        config = f"{GUESTS[guest]}{option.name} = {value}\n"
        own = len(GUESTS[guest])
        said = [f for f in findings(config) if f.start is not None and f.start >= own]
        vain = [f for f in said if f.code in ("XL101", "XL102", "XL103", "XL104", "XL108")]
        assert len(vain) <= 1, (config, said)
        inside = own + len(option.name) + len(" = ")
        about_all = [f for f in said if f.severity == ERROR or (f.start or 0) <= inside]
        if vain:
            assert about_all == vain, (config, said)


@pytest.mark.parametrize("guest", sorted(GUESTS))
def test_a_clean_guest_has_no_finding(guest: str) -> None:
    assert findings(GUESTS[guest]) == []


def test_a_forgotten_type_is_one_finding() -> None:
    config = 'name = "x"\nkernel = "/k"\nvga = "stdvga"\nusb = 1\nacpi = 1\n'
    (finding,) = findings(config)
    assert finding.code == "XL104"
    assert finding.help == 'add type = "hvm"'
    assert [config[start:end] for start, end, _ in finding.related] == ["usb", "acpi"]


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ('disk = [ "/a,,xvda", "/b,,xvdb", "/c,,xvda" ]', [('"/c,,xvda"', '"/a,,xvda"')]),
        ('disk = [ "/a,,xvda" ]\ndisk += [ "/c,,xvda" ]', [('"/c,,xvda"', '"/a,,xvda"')]),
        ('disk = [ ",,hdc:cdrom", ",,hdd:cdrom" ]', []),
        ('vif = [ "mac=00:16:3E:00:00:0a", "mac=0:16:3e:0:0:a" ]',
         [('"mac=0:16:3e:0:0:a"', '"mac=00:16:3E:00:00:0a"')]),
        ('vif = [ "bridge=a", "bridge=a" ]', []),
        ('vfb = [ "vnc=1", "vnc=1" ]', []),
        ('vfb = [ "vncdisplay=1", "vncdisplay=1" ]', [('"vncdisplay=1"', '"vncdisplay=1"')]),
    ],
)  # fmt: skip
def test_devices_given_twice(config: str, places: list[tuple[str, str]]) -> None:
    config = 'name = "x"\ntype = "pv"\nkernel = "/k"\n' + config
    said = [f for f in findings(config) if f.code == "XL109"]
    shown = [(config[f.start : f.end], config[slice(*f.related[0][:2])]) for f in said]
    assert shown == places


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        ('disk = [ "/a,,xvda,r" ]', 'disk = [ "/a,,xvda,rw" ]', []),
        ('disk = [ "/a,,hdc:cdrom" ]', 'disk = [ "/a,,hdc:cdrom" ]', []),
        ('disk = [ "/a,,xvda,rw,backend=b" ]', 'disk = [ "/a,,xvda,rw" ]', []),
        ('disk = [ "phy:/a,xvda,w" ]', 'disk = [ "vdev=hda,target=/a" ]', ["XL154"]),
        ('disk = [ "/a,,xvda" ]', 'disk = [ "/a,,xvda"', []),
        ("vnc = 1\nvncdisplay = 3", "vnc = 1\nvncdisplay = 3", []),
    ],
)
def test_what_guests_may_share(first: str, second: str, codes: list[str]) -> None:
    linter = make_linter(newest_release(), "x86_64", Hooks(plugins=False))
    guests = []
    for name, config in (("a", first), ("b", second)):
        source = Source(name, f'name = "{name}"\ntype = "hvm"\n{config}\n'.encode())
        guest = check_source(source, linter).guest
        assert guest is not None
        guests.append(guest)
    assert [finding.code for _, finding in check_run(guests)] == codes
