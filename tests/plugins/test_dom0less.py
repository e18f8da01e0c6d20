"""Device trees: guests below /chosen, their checks, their policy; source and blob agree."""

from __future__ import annotations

import random
import struct
import time

import pytest
from plugins.toolstacks import codes, guests, linter, quoted, reports

from xlcfg.checks.guest import check_guests
from xlcfg.core.source import Source
from xlcfg.model.guest import Guest
from xlcfg.source.devicetree import DEEPEST, Node, read, read_text
from xlcfg.syntax.cmdline import read_boot

DTS = """\
/dts-v1/;
/* a board; "xen,domain" in a comment starts nothing */
#include "board.dtsi"
/ {
	chosen: chosen {
		xen,xen-bootargs = "console=dtuart runstate-translation=update";
		xen,dom0-bootargs = "console=hvc0";

		net: domU1 {
			compatible = "xen,domain";
			#address-cells = <2>;
			#size-cells = <1>;
			cpus = <(1 + 1)>, <3>;
			memory = <0x0 0x80000>;
			vpl011;
			nr_spis = <64>;
			xen,enhanced = "no-xenstore";
			llc-colors = "0-3,5";
			passthrough = "enabled";

			vcpu@1 { compatible = "xen,vcpu"; id = <1>; hard-affinity = "2-3"; };

			module@0 {
				compatible = "multiboot,kernel", "multiboot,module";
				reg = <0x0 0x4a000000 0xffffff>;
				bootargs = "console=ttyAMA0 name=\\"a b\\"";
			};
			module@1 {
				compatible = "multiboot,ramdisk", "multiboot,module";
				xen,uefi-binary = "initrd.img";
			};
		};
		domU2 {
			compatible = "xen,domain";
			cpus = <1>;
			memory = <0 65537>;
			xen,runstate-translation = "hypercall";
		};
		gone { compatible = "xen,domain"; cpus = <1>; };
		/delete-node/ gone;
	};
	elsewhere { domU3 { compatible = "xen,domain"; }; };
};

&net { cpus = <4>; max_grant_frames = <32>; };
"""


def settings(guest: Guest) -> dict[str, object]:
    return {
        s.name: [i.text for i in s.value.items if not i.is_list]
        if s.value.is_list
        else s.value.text
        for s in guest.document.settings
    }


def blob(node: Node) -> bytes:
    """A flattened tree of the strings and cells of a tree read from source."""
    names: dict[str, int] = {}
    strings = bytearray()
    body = bytearray()

    def put(name: str, node: Node) -> None:
        body.extend(struct.pack(">I", 1) + name.encode() + b"\0" * (4 - len(name) % 4))
        for property_ in node.properties.values():
            value = b""
            for part in property_.parts:
                if part.kind == "string":
                    value += str(part.text).encode("latin-1") + b"\0"
                value += b"".join(struct.pack(">I", cell or 0) for cell in part.cells)
            if property_.name not in names:
                names[property_.name] = len(strings)
                strings.extend(property_.name.encode() + b"\0")
            body.extend(struct.pack(">III", 3, len(value), names[property_.name]))
            body.extend(value + b"\0" * (-len(value) % 4))
        for child, below in node.children.items():
            put(child, below)
        body.extend(struct.pack(">I", 2))

    put("", node)
    body.extend(struct.pack(">I", 9))
    start = 40 + 16
    head = struct.pack(
        ">10I", 0xD00DFEED, start + len(body) + len(strings), start, start + len(body), 40, 17, 16,
        0, len(strings), len(body),
    )  # fmt: skip
    return head + b"\0" * 16 + bytes(body) + bytes(strings)


def test_guests_are_the_domains_below_chosen() -> None:
    one, two = guests(DTS)
    assert settings(one) == {
        "name": "domU1", "vcpus": "4", "memory": "512", "vuart": "sbsa_uart", "nr_spis": "64",
        "llc_colors": ["0-3", "5"], "passthrough": "enabled", "kernel": "module@0",
        "cmdline": 'console=ttyAMA0 name="a b"', "ramdisk": "initrd.img", "max_grant_frames": "32",
        "cpus": ["all", "2-3", "all", "all"],
    }  # fmt: skip
    assert settings(two)["memory"] == "65"
    assert {g.target.arch for g in (one, two)} == {"arm64"}
    assert [loss.what for loss in one.unsupported] == ["`xen,enhanced`"]


def test_source_and_blob_say_the_same() -> None:
    text = DTS.replace("(1 + 1)", "2").replace('#include "board.dtsi"\n', "")
    flat = blob(read_text(Source("t", text.encode())).root)
    for a, b in zip(guests(text), guests(flat), strict=True):
        assert settings(a) == settings(b)
        assert [loss.what for loss in a.unsupported] == [loss.what for loss in b.unsupported]
    assert [codes(r) for r in reports(text)] == [codes(r) for r in reports(flat)]
    assert [r.policy.policy for r in reports(flat) if r.policy] == ["update", "hypercall"]


def test_the_policy_is_the_nodes_then_the_trees() -> None:
    one, two = reports(DTS)
    assert one.policy is not None
    assert two.policy is not None
    assert (one.policy.policy, one.policy.level) == ("update", "boot")
    step = next(step for step in one.policy.steps if step.outcome == "decides")
    assert step.text == "runstate-translation=update"
    assert step.where == "guest:6:38"
    assert step.origin == "/chosen/xen,xen-bootargs"
    assert (two.policy.policy, two.policy.level) == ("hypercall", "guest")
    run = linter("arm64")
    run.target = run.target.replace(boot=read_boot("runstate-translation=hypercall"))
    given = check_guests(Source("g", DTS.encode()), run)[0].policy
    assert given is not None
    assert given.policy == "hypercall"
    bare = reports(DTS.replace(" runstate-translation=update", ""))[0].policy
    assert bare is not None
    assert (bare.policy, bare.level) == ("hypercall", "architecture")


@pytest.mark.parametrize(
    ("line", "code", "at"),
    [
        ("memory = <0x80000>;", "DT101", "memory = <0x80000>"),
        ("colours;", "DT102", "colours"),
        ('v8r_el1_msa = "mmu";', "DT103", "v8r_el1_msa"),
        ('xen,enhanced = "on";', "DT104", '"on"'),
        ("vpl011 = <0>;", "DT105", "vpl011 = <0>"),
        ("direct-map;", "DT106", "direct-map"),
        ("max_grant_frames = <0x80000000>;", "DT106", "max_grant_frames = <0x80000000>"),
        ('xen,runstate-translation = "once";', "RS001", "once"),
    ],
)
def test_findings_lie_on_what_they_are_about(line: str, code: str, at: str) -> None:
    _, report = reports(DTS.replace('xen,runstate-translation = "hypercall";', line))
    assert quoted(report, code) == at


def test_a_piece_of_a_tree_is_not_asked_for_what_another_may_have() -> None:
    (report,) = reports('domU1 { compatible = "xen,domain"; vpl011; };')
    assert codes(report) == []
    (report,) = reports('/dts-v1/; / { chosen { domU1 { compatible = "xen,domain"; }; }; };')
    assert codes(report) == ["DT101", "DT101", "DT107"]


def test_a_tree_without_guests_says_so() -> None:
    (report,) = reports('/dts-v1/; / { chosen { bootargs = "x"; }; };')
    assert report.unreadable
    assert "starts no guests" in report.diagnostics[0].message


HOSTILE = {
    "deep": b"/dts-v1/;" + b"a{" * 500_000,
    "many": b'/dts-v1/; / { x = "xen,domain"; };' + b"a;" * 1_000_000,
    "open string": b'/dts-v1/; / { a = "' + b"x" * 1_000_000,
    "open comment": b"/dts-v1/; /*" + b"*" * 1_000_000,
    "overlays": b"/dts-v1/; l0: a {};"
    + b"".join(b"&l%d { l%d: a { }; };" % (i, i + 1) for i in range(20_000)),
    "path": b"/dts-v1/; &{/" + b"a/" * 100_000 + b"} { b; };",
    "number": b'/dts-v1/; / { chosen { a { compatible = "xen,domain"; cpus = <'
    + b"9" * 100_000
    + b">; }; }; };",
    "cells": b'/dts-v1/; / { chosen { a { compatible = "xen,domain"; memory = <'
    + b"1 " * 300_000
    + b">; }; }; };",
    "nul": b"/dts-v1/;\0\0\0{}}}}}<<<>>>[[[",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sources_end(name: str) -> None:
    before = time.process_time()
    for report in reports(HOSTILE[name]):
        assert report.diagnostics
    assert time.process_time() - before < 20


def test_hostile_blobs_end() -> None:
    good = blob(read_text(Source("t", DTS.encode())).root)
    generator = random.Random(7)
    for _ in range(400):
        bad = bytearray(good)
        for _ in range(generator.randrange(1, 8)):
            bad[generator.randrange(4, len(bad))] = generator.choice((0, 1, 2, 9, 0x7F, 0xFF))
        for cut in (bad, bad[: generator.randrange(4, len(bad))]):
            assert reports(bytes(cut))
    deep = b"\xd0\x0d\xfe\xed" + struct.pack(">9I", 2**31, 40, 0, 0, 17, 16, 0, 0, 0)
    tree = read(Source("t", deep + struct.pack(">I", 1) + b"a\0\0\0" * 1))
    assert tree.problem is not None
    tree = read(Source("t", deep + (struct.pack(">I", 1) + b"a\0\0\0") * (DEEPEST * 3)))
    assert tree.problem is not None
    assert "deep" in tree.problem[0]
