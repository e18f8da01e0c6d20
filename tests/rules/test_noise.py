"""What is not worth a finding, or worth one only."""

from __future__ import annotations

import pytest
from rules.pages import findings

from support import make_linter
from xlcfg.checks.guest import check_source
from xlcfg.core.source import Source
from xlcfg.rules.cross_file import check_run

PV = 'name = "a"\nkernel = "/k"\nmemory = 64\n'
HVM = 'name = "a"\ntype = "hvm"\nmemory = 512\n'


def codes(config: str) -> list[str]:
    return [f"{d.code} {d.severity}" for d in findings(config, "4.17")]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (HVM + 'stdvga = 1\nvga = "stdvga"\n', []),
        (HVM + 'stdvga = 0\nvga = "cirrus"\n', []),
        (HVM + 'stdvga = 1\nvga = "cirrus"\n', ["XL701 warning"]),
        (PV + "sdl = 0\n", []),
        (PV + "sdl = 1\n", ["XL701 warning"]),
        (PV + 'vnclisten = "0.0.0.0"\n', ["XL701 warning"]),
        (PV + 'vfb = [ "type=vnc" ]\n', ["XL711 info"]),
        (PV + 'vfb = [ "type=sdl" ]\n', ["XL701 warning"]),
    ],
)
def test_display_settings_that_do_what_was_meant(config: str, expected: list[str]) -> None:
    assert codes(config) == expected


def test_placeholders_in_lists_are_one_finding_each() -> None:
    config = PV + "disk = [ {{ DISKS }} ]\nvif = [ ${VIFS}, $MORE, @@LAST@@ ]\n"
    assert codes(config) == ["XL013 error"] * 4
    config = PV + 'disk = [ {% for d in disks %}"{{ d }}",{% endfor %} ]\n'
    assert codes(config) == ["XL013 error"] * 2


def test_quoted_placeholders_are_one_finding() -> None:
    config = (
        'name = "{{ vm_name }}"\nkernel = "/k"\ndisk = [ "phy:/dev/vg/{{ vm_name }},xvda,w" ]\n'
        'vif = [ "mac=${MAC},bridge=xenbr0" ]\n'
    )
    (finding,) = findings(config, "4.17")
    assert (finding.code, finding.severity) == ("XL113", "warning")
    assert len(finding.related) == 2


def test_a_refusal_shows_through_a_placeholder() -> None:
    assert "XL402 error" in codes(PV + 'disk = [ "/dev/{{ vg }},raw,xvda,w!" ]\n')


def test_the_examples_of_xen_share_their_disk() -> None:
    linter = make_linter("4.17", "x86_64")
    for path, expected in (("/dev/vg/guest-volume", []), ("/dev/vg/web", ["XL154"])):
        guests = []
        for name in ("a", "b"):
            text = f'name = "{name}"\nkernel = "/k"\ndisk = [ "{path},raw,xvda,rw" ]\n'
            guest = check_source(Source(name, text.encode()), linter).guest
            assert guest is not None
            guests.append(guest)
        assert [finding.code for _, finding in check_run(guests)] == expected


@pytest.mark.parametrize(("name", "word"), [("command", "cmdline"), ("me", "name")])
def test_unknown_names_and_what_was_meant(name: str, word: str) -> None:
    (finding,) = findings(PV + f'{name} = "x"\n', "4.17")
    assert finding.code == "XL101"
    assert word in (finding.help or "")
