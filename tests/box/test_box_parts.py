"""The parts of the box that need no box: telling layers apart, comparing, making configs."""

from __future__ import annotations

import random

import pytest
from box import asking, generator, layers
from box.records import Result

from xlcfg.syntax.guest import read_guest

_HEAD = "Parsing config from /tmp/case.cfg\n"
_TAIL = """\
libxl: error: libxl_domain.c:1183:libxl__destroy_domid: Domain 9:Non-existant domain
libxl: error: libxl_domain.c:1064:domain_destroy_cb: Domain 9:Destruction of domain failed
"""


@pytest.mark.parametrize(
    ("said", "layer", "message"),
    [
        ({"xl": "xl: maxvcpus < vcpus"}, "xl", "xl: maxvcpus < vcpus"),
        (
            {"xl": "Neither kernel nor bootloader specified"},
            "xl",
            "Neither kernel nor bootloader specified",
        ),
        (
            {"xl": "libxl: error: libxl_disk.c:214:libxl__device_from_disk: Domain 12:No hde"},
            "libxl",
            "libxl_disk.c:214:libxl__device_from_disk: No hde",
        ),
        (
            {"xl": "libxl: error: libxl_create.c:711:libxl__domain_make: domain creation fail: E"},
            "hypervisor",
            "libxl_create.c:711:libxl__domain_make: domain creation fail: E",
        ),
        (
            {"xl": "xc: error: panic: xg_dom_core.c:205: no file: Internal error"},
            "builder",
            "xc: error: panic: xg_dom_core.c:205: no file: Internal error",
        ),
        (
            {
                "xl": "libxl: error: libxl_dm.c:3161:device_model_spawn_outcome: Domain 9:domain 9 "
                "device model: spawn failed (rc=-3)",
                "qemu-dm-a.log": "VNC server running on 127.0.0.1:5900\n"
                "xen-qemu-system-i386: Invalid boot device 'r'\n",
            },
            "qemu",
            "Invalid boot device 'r'",
        ),
        (
            {
                "xl": "libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: "
                "/etc/xen/scripts/vif-bridge online [880] exited with error status 1"
            },
            "hotplug",
            (
                "libxl_exec.c:117:libxl_report_child_exitstatus: "
                "/etc/xen/scripts/vif-bridge online [PID] exited with error status 1"
            ),
        ),
        (
            {
                "xl": "unrecognized argument `accel'\n"
                "libxl: error: libxl_create.c:744:libxl__domain_make: domain creation fail: E"
            },
            "hypervisor",
            "libxl_create.c:744:libxl__domain_make: domain creation fail: E",
        ),
        (
            {
                "xl": "libxl: error: libxl_dm.c:3387:device_model_spawn_outcome: Domain 9:domain 9 "
                "device model: spawn failed (rc=-3)\n"
                "libxl: error: libxl_aoutils.c:646:kill_xs_path: Device Model already exited",
                "qemu-dm-a.log": "xen-qemu-system-i386: warning: xen: failed to create ioreq "
                "server\n",
            },
            "qemu",
            "warning: xen: failed to create ioreq server",
        ),
        (
            {"xl": "RTNETLINK answers: File exists"},
            "hotplug",
            "RTNETLINK answers: File exists",
        ),
    ],
)
def test_layers_are_told_apart(said: dict[str, str], layer: str, message: str) -> None:
    said = {**said, "xl": _HEAD + said["xl"] + "\n" + _TAIL}
    assert layers.layer(3, said) == (layer, message)
    assert layers.layer(0, said) == ("", "")
    assert not layers.gave_up(said)


def test_a_slow_host_is_no_refusal() -> None:
    said = (
        "libxl: error: x.c:1:domcreate_devmodel_started: Domain 67:device model did not start: -9"
    )
    assert layers.gave_up({"xl": said})


def test_what_only_the_flags_say_is_left_out() -> None:
    text = "libxl: debug: a\ndomainbuilder: detail: b\nxc: info: c\nlibxl: error: d"
    assert layers.without_details(text) == "libxl: error: d"


def test_a_difference_is_told() -> None:
    known = Result("a", 3, "libxl", "libxl_dm.c:2008:f: no such thing")
    moved = known._replace(message="libxl_dm.c:1995:f: no such thing")
    assert not asking.difference(known, known)
    assert not asking.difference(known, moved), "lines of Xen's source move"
    assert "exit code 3" in asking.difference(known, Result("a", 0, "", ""))
    assert "libxl: " in asking.difference(known, known._replace(layer="qemu"))


def test_a_refusal_is_open_for_the_settings_of_its_case() -> None:
    known = [(asking._kind("x.c:7:f: domain creation fail: E"), frozenset({b"nestedhvm"}))]
    same = "x.c:9:f: domain creation fail: E"
    assert asking._is_open(b'name="a"\nnestedhvm=1\nvcpus=2\n', same, known)
    assert not asking._is_open(b'name="a"\nvcpus=200\n', same, known)
    assert not asking._is_open(b"nestedhvm=1\n", "x.c:9:f: no memory", known)


def test_random_configs_are_read_and_repeat() -> None:
    configs = [generator.config(random.Random(seed)) for seed in range(300)]
    assert configs == [generator.config(random.Random(seed)) for seed in range(300)]
    assert len(set(configs)) > 250
    for config in configs:
        assert not read_guest(config.decode()).problems, config
