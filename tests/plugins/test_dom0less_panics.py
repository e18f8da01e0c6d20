"""What Xen panics over in a domain node, by release; and the neighbours that it takes."""

from __future__ import annotations

import pytest
from plugins.toolstacks import linter

from xlcfg.checks.guest import check_guests
from xlcfg.core.source import Source
from xlcfg.syntax.cmdline import read_boot

KERNEL = (
    'module@a000000 { compatible = "multiboot,kernel", "multiboot,module"; '
    "reg = <0xa000000 0xffffff>; };"
)


def tree(
    more: str = "", *, cpus: str = "<1>", kernel: str = KERNEL, line: str | None = "console=dtuart"
) -> str:
    """A whole tree of one domain of 128 MiB, with `more` in its node."""
    boot = "" if line is None else f'xen,xen-bootargs = "{line}";'
    return (
        "/dts-v1/; / { chosen { #address-cells = <1>; #size-cells = <1>; "
        f'{boot} domU1 {{ compatible = "xen,domain"; #address-cells = <1>; #size-cells = <1>; '
        f"memory = <0 0x20000>; cpus = {cpus}; {more} {kernel} }}; }}; }};"
    )


def found(text: str, release: str = "4.22", arch: str = "arm64", boot: str = "") -> list[str]:
    """The codes of the findings, with a `?` where it is no error."""
    run = linter(arch, release)
    if boot:
        run.target = run.target.replace(boot=read_boot(boot))
    return [
        d.code + ("" if d.severity == "error" else "?")
        for report in check_guests(Source("a.dts", text.encode()), run)
        for d in report.diagnostics
        if d.code.startswith("DT")
    ]


KERNELS = {
    "": ["DT107"],
    'm { compatible = "multiboot,kernal", "multiboot,module"; reg = <1 1>; };': ["DT107"],
    'm { compatible = "multiboot,kernel"; reg = <1 1>; };': ["DT107"],
    'm { compatible = "multiboot,ramdisk", "multiboot,module"; reg = <1 1>; };': ["DT107"],
    'm { compatible = "multiboot,kernel", "xen,multiboot-module"; reg = <1 1>; };': [],
    'm { compatible = "multiboot,kernel", "multiboot,module"; };': ["DT108"],
    'm { compatible = "multiboot,kernel", "multiboot,module"; reg = <1>; };': ["DT108"],
    'm { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 1 2>; };': [],
    'm { compatible = "multiboot,kernel", "multiboot,module"; xen,uefi-binary = "k"; };': [],
    KERNEL + 'r { compatible = "multiboot,ramdisk", "multiboot,module"; };': ["DT108"],
}


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("release", ["4.14", "4.20", "4.22"])
def test_modules(kernel: str, release: str) -> None:
    assert found(tree(kernel=kernel), release) == KERNELS[kernel]


def test_a_piece_may_get_its_modules_elsewhere() -> None:
    assert found(tree(kernel="").replace("/dts-v1/;", '/dts-v1/; #include "a.dtsi"\n')) == []


@pytest.mark.parametrize(
    ("cpus", "arch", "codes"),
    [
        ("<0>", "arm64", ["DT109"]),
        ("<0 1>", "arm64", ["DT109"]),
        ("<128>", "arm64", []),
        ("<129>", "arm64", ["DT109"]),
        ("<8>", "arm32", []),
        ("<9>", "arm32", ["DT109"]),
        ('"1"', "arm64", ["DT109"]),
    ],
)
def test_counts_of_vcpus(cpus: str, arch: str, codes: list[str]) -> None:
    for release in ("4.14", "4.22"):
        assert found(tree(cpus=cpus), release, arch) == codes


PROPERTIES = [
    ("max_grant_version = <0>;", "4.18", ["DT110"]),
    ("max_grant_version = <1>;", "4.18", []),
    ("max_grant_version = <17>;", "4.20", []),
    ("max_grant_version = <2>;", "4.20", ["DT110"]),
    ("max_grant_version = <256>;", "4.20", ["DT110"]),
    ("max_grant_frames = <0>;", "4.20", ["DT110"]),
    ("max_grant_frames = <1>;", "4.20", []),
    ("sve = <100>;", "4.18", ["DT111"]),
    ("sve = <2048>;", "4.22", []),
    ("sve = <2176>;", "4.22", ["DT111"]),
    ("sve = <0>;", "4.22", []),
    ("sve;", "4.22", []),
    ('llc-colors = "0-3";', "4.20", ["DT112"]),
    ('vcpu@1 { compatible = "xen,vcpu"; id = <1>; };', "4.21", ["DT113"]),
    ('vcpu@1 { compatible = "xen,vcpu"; id = <1>; };', "4.20", []),
    ('vcpu@0 { compatible = "xen,vcpu"; id = <0>; };', "4.22", []),
    ('vcpu@0 { compatible = "xen,vcpu"; };', "4.22", ["DT113"]),
    ("xen,static-mem = <0x30000000 0x8000000>;", "4.17", []),
    ("xen,static-mem = <0x30000000 0x4000000 0x40000000 0x4000000>;", "4.22", []),
    ("xen,static-mem = <0x30000000 0x4000000>;", "4.22", ["DT114"]),
    ("xen,static-mem = <0x30000000 0x8000000>;", "4.16", ["DT114"]),
    ('xen,sci_type = "scmi";', "4.21", ["DT115"]),
    ('xen,sci_type = "scmi_smc";', "4.22", []),
    ('v8r_el1_msa = "pmsa";', "4.22", ["DT115"]),
    ('v8r_el1_msa = "mpu";', "4.22", ["DT115"]),
    ("trap-unmapped-accesses = <2>;", "4.21", ["DT115"]),
    ("trap-unmapped-accesses = <1>;", "4.22", []),
]


@pytest.mark.parametrize(("line", "release", "codes"), PROPERTIES)
def test_properties(line: str, release: str, codes: list[str]) -> None:
    assert found(tree(line), release) == codes


def test_the_line_of_xen_decides() -> None:
    colors, grants = 'llc-colors = "0-3";', "max_grant_version = <2>;"
    for line in ("llc-coloring=on", "llc-coloring", "llc-size=1M llc-nr-ways=16"):
        assert found(tree(colors, line=line)) == []
        assert found(tree(colors), boot=line) == []
    for line in ("llc-coloring=off", "no-llc-coloring", "llc-size=1M"):
        assert found(tree(colors, line=line)) == ["DT112"]
    assert found(tree(grants, line="gnttab=max-ver:2")) == []
    assert found(tree(colors, line=None)) == []
    assert found(tree(grants, line=None)) == []
    static = "xen,static-mem = <0x30000000 0x8000000>;"
    assert found(tree(static, line="llc-coloring=on")) == ["DT112"]
