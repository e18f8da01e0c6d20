"""Each boot parameter with a value it takes, one it does not, and in releases without it."""

from __future__ import annotations

import pytest

from xlcfg.catalogue import BootParameter, boot_parameters, release_index, releases
from xlcfg.catalogue.examples import boot_example
from xlcfg.core.diagnostics import ERROR
from xlcfg.model.boot import BootLine, read_boot_line
from xlcfg.rules.boot import severity

#: `no-real-mode` is left out: 4.15 registers it under a name that no word can have, for the prefix
#: is taken off before, and other releases know it as `real-mode`
PARAMETERS = [p for p in boot_parameters() if p.runs and p.name != "no-real-mode"]
NAMES = [p.name for p in PARAMETERS]
#: custom parameters whose handlers in Xen refuse nothing
LENIENT = {"dbgp", "font", "max_cstate", "nolapic", "vwfi"}
#: values of those that need one and have no example in the catalogue
GOOD = {
    "crashinfo_maxaddr": "crashinfo_maxaddr=4G",
    "cpuid": "cpuid=ibpb",
    "credit2_runqueue": "credit2_runqueue=socket",
    "dom0-cpuid": "dom0-cpuid=avx",
    "ivmd": "ivmd=1",
    "ivrs_hpet[": "ivrs_hpet[0]=00:14.0",
    "ivrs_ioapic[": "ivrs_ioapic[6]=00:14.0",
    "numa": "numa=off",
    "pci-phantom": "pci-phantom=1:0,1",
    "reboot": "reboot=acpi",
    "rmrr": "rmrr=1",
    "tsx": "tsx=1",
    "viridian-version": "viridian-version=1,2,3",
}
BAD = {"boolean": "=maybe", "integer": "=zz", "size": "=zz", "custom": "=~?"}


def place(parameter: BootParameter) -> tuple[str, str]:
    """The newest release that has the parameter, and an architecture that does."""
    for release in reversed(releases()):
        for arch in ("x86", "arm64", "arm32", "riscv"):
            if parameter.is_read(release, arch):
                return release, arch
    raise AssertionError(parameter)


def errors(line: BootLine) -> list[str]:
    return [f.kind for f in line.findings if severity(f) == ERROR]


@pytest.mark.parametrize("parameter", PARAMETERS, ids=NAMES)
def test_a_value_it_takes(parameter: BootParameter) -> None:
    release, arch = place(parameter)
    word = GOOD.get(parameter.name)
    if word is None:
        word = boot_example(parameter.name, {k.kind for k in parameter.kinds}, parameter.detail)
    if not word and parameter.suboptions and parameter.name not in GOOD:
        (option, *_) = [o for o in parameter.suboptions if o.name in parameter.takes(release)]
        word = f"{parameter.name}={option.name}"
    elif not word and parameter.name not in GOOD:
        word = parameter.name
    line = read_boot_line(word, release, arch)
    assert errors(line) == [], (word, release, line.xen_messages())
    assert line.xen_messages() == []


@pytest.mark.parametrize("parameter", PARAMETERS, ids=NAMES)
def test_a_value_it_does_not_take(parameter: BootParameter) -> None:
    release, arch = place(parameter)
    kind = parameter.kind(release, arch)
    bad = "zz]=~" if parameter.bracket else BAD.get(kind, "=~?")
    line = read_boot_line(parameter.name + bad, release, arch)
    silent = (
        kind in ("string", "ignore")
        or parameter.name in LENIENT
        # what is no level counts as `warning`, which keeps the complaint back
        or parameter.name == "loglvl"
        or release_index(release) < release_index("4.10")
    )
    if parameter.name == "console":
        # it is only looked at when the consoles are opened
        assert (line.xen_messages(), errors(line)) == ([], ["no-console-left"])
        return
    assert bool(line.xen_messages()) == (not silent)
    assert bool(errors(line)) == (not silent)
    if kind in ("boolean", "integer", "size"):
        assert line.findings


@pytest.mark.parametrize("parameter", PARAMETERS, ids=NAMES)
def test_releases_without_it(parameter: BootParameter) -> None:
    word = f"{parameter.name}1]=1" if parameter.bracket else parameter.name
    for release in releases():
        if parameter.is_read(release):
            continue
        line = read_boot_line(word, release, "x86")
        assert line.findings, release
        assert bool(line.xen_messages()) == (release_index(release) >= release_index("4.10"))
