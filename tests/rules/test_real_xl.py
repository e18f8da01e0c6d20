"""The pages against the real xl of three releases.

Set up with `sh tests/oracle/setup.sh .cache/releases`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from oracle.xl_oracle import RELEASES, XlServer
from rules.pages import XL_CODES, block, findings, xen_of

import needs
from xlcfg.catalogue import XEN, GuestOption
from xlcfg.core.diagnostics import ERROR

#: refused or not by the host: that of the oracle lacks what their examples ask for
ABOUT_THE_HOST = ("XL312",)
#: errors of what comes after xl, which has created the domain by then
AFTER_XL = ("XL109",)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, XlServer]]:
    running = {release: XlServer(release) for release in RELEASES if needs.present(f"xl-{release}")}
    yield running
    for server in running.values():
        server.close()


def releases_for(config: str) -> list[str]:
    """The releases to ask: the one the example names, or all that can tell."""
    release, _ = xen_of(config)
    if release:
        return [release] if release in RELEASES else []
    # the 4.14 packages choose a device model by what is installed on the host
    return [r for r in RELEASES if r != "4.14" or '"hvm"' not in config]


@pytest.mark.parametrize("code", XL_CODES)
def test_the_real_xl_agrees_with_the_page(code: str, servers: dict[str, XlServer]) -> None:
    asked, not_asked = 0, set()
    for section in ("Example", "Fix"):
        config = block(code, section)
        if xen_of(config)[1] != "x86_64":
            continue
        for release in releases_for(config):
            said = findings(config, release)
            if section == "Example" and code not in {finding.code for finding in said}:
                continue
            refused = any(
                (f.severity == ERROR and f.code not in AFTER_XL) or f.code in ABOUT_THE_HOST
                for f in said
            )
            if release not in servers:
                not_asked.add(f"xl-{release}")
                continue
            answer = servers[release].build(config.encode())
            assert answer["reached"] is not refused, (release, config, answer["err"])
            asked += section == "Example"
    if not_asked:
        needs.require(*sorted(not_asked))
    if not asked:
        pytest.skip(f"{code}'s example is for a release or architecture without a real xl here")


BASE = 'name = "x"\nuuid = "00000000-0000-0000-0000-000000000001"\nvcpus = 2\n'
TYPES = {
    "pv": 'type = "pv"\nkernel = "/k"\n',
    "pvh": 'type = "pvh"\nkernel = "/k"\n',
    "hvm": 'type = "hvm"\n',
}
#: settings and values some of which every setting shows an effect of
NAMES = ["x", "generate", "ovmf", "stdvga", "ahci", "external", "hda", "uefi", "native"]
LISTS = ("x", "lmce", "base", "oem=x")
VALUES = [
    *("1", "0", "300"),
    *(f'"{name}"' for name in NAMES),
    *(f'[ "{item}" ]' for item in LISTS),
]


@pytest.mark.parametrize("guest", sorted(TYPES))
@pytest.mark.parametrize("release", ["4.17", "4.20"])
def test_what_has_no_effect_leaves_no_trace(
    guest: str, release: str, servers: dict[str, XlServer]
) -> None:
    """A setting said to be unread (XL104) never changes what xl makes of a guest of that type."""
    needs.require(f"xl-{release}")
    base = BASE + TYPES[guest]
    plain = servers[release].create(base.encode())["out"]

    def traces(option: GuestOption) -> bool:
        for value in VALUES:
            answer = servers[release].create(f"{base}{option.name} = {value}\n".encode())
            if answer["rc"] != 0 or answer["out"] != plain:
                return True
        return False

    wrong = []
    for option in XEN.guest_options():
        if not option.is_read(release, "x86_64"):
            continue
        said = findings(f"{base}{option.name} = 1\n", release)
        unread = any(f.code == "XL104" and f.message.startswith("xl reads") for f in said)
        if unread and traces(option):
            wrong.append(option.name)
    assert wrong == []
