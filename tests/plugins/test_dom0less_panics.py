"""What Xen panics over in a domain node, by release; and the neighbours that it takes."""

from __future__ import annotations

import pytest
from plugins.toolstacks import linter

from xlcfg.checks.guest import check_guests
from xlcfg.core.host import Host
from xlcfg.core.source import Source
from xlcfg.source.devicetree import Node
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
        said = found(tree(cpus=cpus), release, arch)
        assert [code for code in said if code != "DT117"] == codes


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
    for bad in ("3-0", "a-b", "0-3, 5", "0-3;", "0-1024"):
        broken = f'llc-colors = "{bad}";'
        assert found(tree(broken, line="llc-coloring=on")) == ["DT112"]
        assert found(tree(broken, line="llc-coloring=on"), "4.20") == ["DT112"]
    for good in ("0", "0-3,5", "0x4", "7-7,1"):
        assert found(tree(f'llc-colors = "{good}";', line="llc-coloring=on")) == []
    for line in ("llc-coloring=off", "no-llc-coloring", "llc-size=1M"):
        assert found(tree(colors, line=line)) == ["DT112"]
    assert found(tree(grants, line="gnttab=max-ver:2")) == []
    assert found(tree(colors, line=None)) == []
    assert found(tree(grants, line=None)) == []
    static = "xen,static-mem = <0x30000000 0x8000000>;"
    assert found(tree(static, line="llc-coloring=on")) == ["DT112"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("nr_spis = <960>;", {}),
        ("nr_spis = <961>;", {"4.14": "DT118", "4.17": "DT118", "4.20": "DT118"}),
        ("nr_spis = <5089>;", {"4.14": "DT118", "4.17": "DT118", "4.20": "DT118", "4.22": "DT118"}),
        ("nr_spis = <0>;", {}),
        ("vpl011; nr_spis = <0>;", {"4.20": "DT118", "4.22": "DT118"}),
        ("vpl011; nr_spis = <1>;", {}),
        (
            "xen,domain-p2m-mem-mb = <0>;",
            {"4.17": "DT120", "4.20": "DT120", "4.22": "DT120"},
        ),
        ("xen,domain-p2m-mem-mb = <1>;", {}),
        ("xen,enhanced;", {"4.17": "DT121", "4.20": "DT121"}),
        ('xen,enhanced = "enabled";', {"4.17": "DT121", "4.20": "DT121"}),
        ('xen,enhanced = "no-xenstore";', {}),
        ("max_grant_frames = <0x1fffffff>;", {}),
        ("max_grant_frames = <0x20000000>;", {"4.20": "DT110", "4.22": "DT110"}),
        ("max_maptrack_frames = <0x7fffffff>;", {"4.20": "DT110", "4.22": "DT110"}),
        ("max_maptrack_frames = <0>;", {}),
    ],
)
def test_numbers_by_release(more: str, codes: dict[str, str]) -> None:
    errors = {}
    for release in ("4.14", "4.17", "4.20", "4.22"):
        said = [code for code in found(tree(more), release) if not code.endswith("?")]
        if said:
            errors[release] = " ".join(said)
    assert errors == codes


CPUS = 'cpus {{ cpu@0 {{ device_type = "cpu"; compatible = {}; {} }}; }}; chosen {{ #a'


def host_with(compatible: str, more: str = "", text: str = "") -> str:
    """A tree that says what the processors of the host are called."""
    return text.replace("chosen { #a", CPUS.format(compatible, more))


ENHANCED = 'xen,enhanced = "no-xenstore";'
SHORT, USUAL, LONG = '"arm,armv8"', '"arm,cortex-a53"', '"arm,cortex-a53", "arm,armv8"'


@pytest.mark.parametrize(
    ("more", "processor", "most"),
    [
        ("", SHORT, {"4.14": 34, "4.17": 34, "4.18": 35, "4.20": 35, "4.21": 35, "4.22": 128}),
        ("", USUAL, {"4.14": 33, "4.17": 33, "4.18": 34, "4.20": 33, "4.21": 33, "4.22": 128}),
        ("", LONG, {"4.14": 29, "4.17": 29, "4.18": 30, "4.20": 29}),
        ("vpl011;", USUAL, {"4.17": 32, "4.20": 32}),
        (ENHANCED, USUAL, {"4.14": 33, "4.17": 31, "4.20": 32}),
        (f"{ENHANCED} vpl011;", USUAL, {"4.17": 30, "4.20": 30}),
    ],
)
def test_vcpus_whose_nodes_have_no_room(more: str, processor: str, most: dict[str, int]) -> None:
    for release, count in most.items():
        for cpus, codes in {count: [], count + 1: ["DT117" if count < 128 else "DT109"]}.items():
            text = host_with(processor, text=tree(more, cpus=f"<{cpus}>"))
            errors = [code for code in found(text, release) if code in ("DT109", "DT117")]
            assert errors == codes, (release, cpus)


def test_vcpus_beside_processors_of_unknown_name() -> None:
    for release, counts in {"4.17": (33, 34, 35), "4.20": (33, 35, 36)}.items():
        said = [found(tree(cpus=f"<{count}>"), release) for count in counts]
        assert said == [[], ["DT117?"], ["DT117"]]


def test_a_clock_of_the_processors_takes_room() -> None:
    for cpus, codes in {28: [], 29: ["DT117"]}.items():
        text = host_with(USUAL, "clock-frequency = <1>;", tree(cpus=f"<{cpus}>"))
        assert found(text, "4.17") == codes


def test_a_tree_of_its_own_may_make_room() -> None:
    part = 'p { compatible = "multiboot,device-tree", "multiboot,module"; reg = <1 9>; };'
    assert found(tree(part, cpus="<60>"), "4.17") == ["DT117"]
    assert found(tree(part, cpus="<60>"), "4.18") == []


@pytest.mark.parametrize("release", ["4.14", "4.20", "4.22"])
def test_lines_of_kernels(release: str) -> None:
    for length, codes in {1024: [], 1025: ["DT123"]}.items():
        line = f'bootargs = "{"x" * length}"; reg ='
        assert found(tree(kernel=KERNEL.replace("reg =", line)), release) == codes


@pytest.mark.parametrize(
    ("memory", "codes"),
    [
        ("<0 0x1400>", []),
        ("<0 0x1000>", ["DT119"]),
        ("<0 0>", ["DT119"]),
        ('"64"', ["DT119"]),
        ('"65536000"', ["DT119"]),
        ("<1 0>", []),
    ],
)
def test_memory(memory: str, codes: list[str]) -> None:
    assert found(tree().replace("<0 0x20000>", memory), "4.20") == codes


def test_memory_of_the_host() -> None:
    run = linter("arm64", "4.20")
    for most, codes in {1024: [], 127: ["DT119"], 0: []}.items():
        run.target = run.target.replace(host=Host(2, memory_mb=most))
        reports = check_guests(Source("a.dts", tree().encode()), run)
        assert [d.code for r in reports for d in r.diagnostics if d.code == "DT119"] == codes


def test_xenstore_where_dom0_is() -> None:
    dom0 = tree("xen,enhanced;").replace("domU1 {", f"{KERNEL} domU1 {{")
    assert found(dom0, "4.20") == []


def test_an_empty_kernel() -> None:
    empty = KERNEL.replace("0xffffff", "0")
    assert found(tree(kernel=empty), "4.20") == ["DT122"]
    # Xen takes the size of the first module at an address
    head, node, tail = _parts(tree())
    second = _parts(tree(kernel=empty))[1].replace("domU1", "domU2")
    assert found(f"{head}{node} {second}{tail}", "4.20") == []
    assert found(f"{head}{second} {node}{tail}", "4.20") == ["DT122"]


def _parts(text: str) -> tuple[str, str, str]:
    """What stands before the node of the domain, the node, and what follows it."""
    start, end = text.index("domU1"), len(text) - len(" }; };")
    return text[:start], text[start:end], text[end:]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("gnttab=max-ver:2 gnttab=max-ver:1", ["DT110"]),
        ("gnttab=max-ver:1 gnttab=max-ver:2", []),
        ("gnttab=max-ver:2,max_ver:1", ["DT110"]),
        ("gnttab=max_ver:2", []),
        ("gnttab=max-ver:3", ["DT110"]),
        ("gnttab=max-ver:2,max-ver:x", []),
        ("xgnttab=max-ver:2", ["DT110"]),
    ],
)
def test_the_last_version_on_the_line_counts(line: str, codes: list[str]) -> None:
    assert found(tree("max_grant_version = <2>;", line=line), "4.20") == codes


def test_a_tree_is_walked_as_often_for_many_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = 0
    walk = Node.walk

    def counted(node: Node, *more: str) -> object:
        nonlocal walks
        walks += not more
        return walk(node, *more)

    def walked(domains: int) -> int:
        nonlocal walks
        walks = 0
        head, node, tail = _parts(tree("xen,enhanced; max_grant_version = <2>;"))
        nodes = " ".join(node.replace("domU1", f"domU{n}") for n in range(domains))
        source = Source("a.dts", f"{head}{nodes}{tail}".encode())
        reports = check_guests(source, linter("arm64", "4.20"))
        assert len(reports) == domains
        return walks

    monkeypatch.setattr(Node, "walk", counted)
    assert walked(30) == walked(3)
