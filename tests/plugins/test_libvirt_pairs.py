"""What `convert --to xl` makes of domain XML, against the pairs of libvirt's own tests.

The real xl of 4.17 reads what we write, and the xl.cfg of the pair: what libxl is asked for has to
be the same. The other pairs have that as JSON. A difference is allowed where this file says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from oracle.xl_oracle import XlServer

import needs
from support import make_linter
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks

PAIRS = needs.libvirt_pairs()
TEXTS = sorted((PAIRS / "xlconfigdata").glob("*.xml"))
CONFIGS = sorted((PAIRS / "libxlxml2domconfigdata").glob("*.xml"))
pytestmark = pytest.mark.needs("libvirt-pairs", "xl-4.17")

#: pairs of which libvirt's tests only read the xl.cfg
READ_ONLY = (
    "test-disk-positional-parms-full",
    "test-disk-positional-parms-partial",
    "test-fullvirt-direct-kernel-boot-bogus-extra",
    "test-paravirt-cmdline-bogus-extra-root",
)
#: what may differ from the xl.cfg that libvirt writes
IN_TEXTS = {
    r"\.b_info\.type\.hvm\.system_firmware": "libvirt writes no path, and libxl has the same one",
    r"\.b_info\.type\.hvm\.(nographic|vga\.kind)": "as its driver does it: no graphics, no card",
    r"\.b_info\.type\.hvm\.spice\.clipboard_sharing": "the default, written down",
}
#: what may differ from what libvirt's driver asks of libxl
IN_CONFIGS = {
    r"\.b_info\.(claim_mode|shadow_memkb)|\.c_info\.run_hotplug_scripts|\.on_soft_reset":
        "xl and libvirt each have their own default",
    r"\.b_info\.localtime": "no is the default",
    r"\.b_info\.device_model_version": "libxl finds out itself",
    r"\.b_info\.(type\.hvm\.vga\.kind|video_memkb)": "a card of the default kind and size",
    r"\.b_info\.type\.hvm\.(viridian|serial|usb)": "as libvirt writes them for xl: off, none, on",
    r"\.b_info\.type\.hvm\.vnc\.findunused": "libvirt looks for a free port, xl has it looked for",
    r"\.b_info\.(type\.(pv|hvm)\.)?(bootloader|nested_hvm)": "the place in older JSON is another",
    r"\.b_info\.(cpuid\.)?cpuid\[.*": "the place in older JSON is another",
    r"\.(vfbs|vkbs)\[.*": "xl makes them for HVM guests when the domain exists",
    r"\.disks\[\d+\]\.removable|\.nics\[\d+\]\.(nictype|model|devid)": "libxl fills them in",
    r"\.pcidevs\[\d+\]\.(rdm_policy|vfunc_mask)": "libxl fills them in",
    r"\.pcidevs\[\d+\]\.seize": "libvirt takes managed devices from the host itself",
}  # fmt: skip


@pytest.fixture(scope="module")
def xl() -> Iterator[XlServer]:
    needs.require("libvirt-pairs", "xl-4.17")
    with XlServer("4.17", env={"XLSHIM_NODES": "8"}) as server:
        yield server


def converted(path: Path) -> bytes:
    linter = make_linter("4.17", "x86_64", Hooks(plugins=False))
    (guest,) = linter.read_guests(Source(path.name, path.read_bytes()))
    linter.hooks.load_all()
    done = linter.hooks.first("xlcfg_convert", guest=guest, to="xl", target=guest.target)
    text: str = done.text
    return text.encode("latin-1")


def asked(xl: XlServer, config: bytes) -> dict[str, Any]:
    answer = xl.create(config)
    if b"vnuma memory size mismatch" in answer["err"]:
        # libvirt leaves <memory> as it is beside NUMA cells of more, and libxl refuses that
        return {"refused": "vnuma"}
    assert answer["rc"] == 0, (answer["err"], config.decode())
    out = answer["out"].decode()
    return leaves(json.JSONDecoder().raw_decode(out[out.index("{") :])[0])


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every value that is neither object nor list, by its path."""
    if isinstance(value, dict):
        return {p: v for k, one in value.items() for p, v in leaves(one, f"{path}.{k}").items()}
    if isinstance(value, list):
        return {p: v for i, one in enumerate(value) for p, v in leaves(one, f"{path}[{i}]").items()}
    return {path: value}


def differences(ours: dict[str, Any], theirs: dict[str, Any], allowed: dict[str, str]) -> list[str]:
    return [
        f"{path}: we make {ours.get(path)!r}, libvirt {theirs.get(path)!r}"
        for path in sorted(ours | theirs)
        if ours.get(path) != theirs.get(path)
        and not any(re.fullmatch(pattern, path) for pattern in allowed)
    ]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_as_libvirt_writes_it_for_xl(path: Path, xl: XlServer) -> None:
    ours = asked(xl, converted(path))
    if path.stem in READ_ONLY:
        return
    theirs = asked(xl, path.with_suffix(".cfg").read_bytes())
    assert differences(ours, theirs, IN_TEXTS) == []


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_as_libvirt_asks_libxl(path: Path, xl: XlServer) -> None:
    theirs = leaves(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    if path.stem.startswith("vnuma"):
        cells = [v for p, v in theirs.items() if re.fullmatch(r".*vnuma_nodes.*memkb", p)]
        assert sum(cells) != theirs[".b_info.max_memkb"]
        theirs = {"refused": "vnuma"}
    assert differences(asked(xl, converted(path)), theirs, IN_CONFIGS) == []


def test_the_pairs_are_there() -> None:
    assert len(TEXTS) > 40
    assert len(CONFIGS) > 10
