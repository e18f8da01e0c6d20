"""Hypervisor models are data, and plugins can add their own."""

from __future__ import annotations

import pytest
from emulator_traces import PHYS, RAM, VA, answers, ev, header, map_, register, switch, trace, use
from emulator_traces import written as frames_written

from xlcfg.emulator import Model, default_model, known_models, replay
from xlcfg.emulator.events import decode_header

OURS = {
    "name": "ours",
    "title": "Our hypervisor",
    "arches": ["arm64"],
    "guests": ["pvh"],
    "policy": "hypercall",
    "refuse": -14,
    "op14": -38,
}


@pytest.mark.parametrize(
    ("members", "policy", "name"),
    [
        ({}, "update", "xen-arm"),
        ({"phys_area": True}, "update", "xen+phys-arm"),
        ({"arch": "arm32"}, "update", "xen-arm"),
        ({}, "hypercall", "xen-arm-2020"),
        ({"arch": "x86_64"}, "update", "xen-x86-4.17"),
        ({"arch": "x86_64", "guest": "pv", "phys_area": True}, "update", "xen-x86"),
        ({"arch": "x86_32", "guest": "hvm"}, "hypercall", "xen-x86-2020"),
    ],
)
def test_header_chooses_the_model(members: dict[str, object], policy: str, name: str) -> None:
    assert default_model(decode_header(header(**members)), policy).name == name


def test_every_guest_has_a_model_for_both_policies() -> None:
    for arch in ("arm32", "arm64", "x86_32", "x86_64"):
        for guest in ("pv", "pvh", "hvm"):
            if arch.startswith("arm") and guest != "pvh":
                continue
            for phys in (False, True):
                head = decode_header(header(arch=arch, guest=guest, phys_area=phys))
                for policy in ("update", "hypercall"):
                    model = default_model(head, policy)
                    assert model.policy == policy
                    assert (model.op14 == 0) == phys


@pytest.mark.parametrize(
    ("hypervisor", "sets"),
    [("xen 4.14", False), ("xen 4.17.7 arm64", False), ("xen 4.18.0", True), ("xen 4.22", True)],
)
def test_releases_that_set_the_feature_bit(hypervisor: str, sets: bool) -> None:
    for arch in ("arm64", "x86_64"):
        head = decode_header(header(arch=arch, hypervisor=hypervisor, phys_area=arch == "x86_64"))
        assert default_model(head, "update").advertises_phys(head) == sets


@pytest.mark.parametrize(
    ("arch", "hypervisor", "name"),
    [
        ("arm64", "xen 4.16.1", "xen-arm-4.16"),
        ("arm64", "xen 4.17", "xen-arm"),
        ("x86_64", "xen 4.17.5", "xen-x86-4.17"),
        ("x86_64", "xen 4.14", "xen-x86-4.17"),
    ],
)
def test_a_release_belongs_to_one_model(arch: str, hypervisor: str, name: str) -> None:
    head = decode_header(header(arch=arch, hypervisor=hypervisor))
    assert default_model(head, "update").name == name
    known = [model for model in known_models().values() if model.serves(head)]
    for release in ((4, 14), (4, 16), (4, 17), (4, 18), (4, 22)):
        named = [model.name for model in known if model.policy == "update"]
        assert sum(known_models()[one].is_of(release) for one in named) == 1


def test_plugins_add_models() -> None:
    known = known_models([OURS])
    assert known["ours"].refuse == -14
    assert len(known) == len(known_models()) + 1
    lines = trace(
        use(0),
        map_(0),
        register(),
        register(0x1000),
        ev("vcpu_op", vcpu=0, op=PHYS, target=0, addr=RAM),
    )
    assert answers(lines, "hypercall", Model.from_mapping(OURS)) == [0, -14, -38]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "unknown member 'colour'"),
        ({"op14": "no"}, "'op14' .* not of type int"),
        ({"cross": 1}, "'cross' .* not of type bool"),
        ({"arches": "arm64"}, "'arches' .* not a list of strings"),
        ({"policy": "none"}, "'policy' .* not one of"),
    ],
)
def test_bad_models_are_explained(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Model.from_mapping(OURS | change)
    with pytest.raises(ValueError, match="lacks 'title'"):
        Model.from_mapping({key: value for key, value in OURS.items() if key != "title"})


def test_target_check_and_filter_order() -> None:
    """The 2020 tree looks at the operation first, released Xen at the target."""
    lines = trace(ev("vcpu_op", vcpu=0, op=PHYS, target=7, addr=RAM, ret=-2))
    released = replay(lines, "update", verify=True).verification
    proposal = replay(lines, "hypercall", verify=True).verification
    assert released is not None
    assert proposal is not None
    assert released.ok
    assert proposal.differences[0].predicted == -22


_TIME = "register_vcpu_time_memory_area"
_TIME_PHYS = "register_vcpu_time_phys_area"
#: Model -> guest, and what ops 13, 14 and 15 answer to arguments with which nothing is wrong.
_OTHER_OPS = {
    "xen-arm": ("arm64", "pvh", (-22, -22, -22)),
    "xen-arm-4.16": ("arm64", "pvh", (-22, -22, -22)),
    "xen+phys-arm": ("arm64", "pvh", (-22, 0, -22)),
    "xen-x86-4.17": ("x86_64", "pvh", (0, -38, -38)),
    "xen-x86": ("x86_64", "pvh", (0, 0, 0)),
    "xen-arm-2020": ("arm64", "pvh", (-22, -22, -22)),
    "xen-arm-2020+phys": ("arm64", "pvh", (-22, 0, -22)),
    "xen-x86-2020": ("x86_64", "pvh", (0, -38, -38)),
    "xen-x86-2020+phys": ("x86_64", "pvh", (0, 0, 0)),
    "qemu-kvm": ("x86_64", "hvm", (0, -38, -38)),
}


def test_every_model_is_pinned() -> None:
    assert set(_OTHER_OPS) == set(known_models())
    translates_once = {name for name, one in known_models().items() if one.policy == "hypercall"}
    assert set(_REGISTRATION) == translates_once


@pytest.mark.parametrize("name", _OTHER_OPS)
def test_other_operations(name: str) -> None:
    arch, guest, expected = _OTHER_OPS[name]
    lines = trace(
        use(0),
        map_(0),
        register(VA + 0x80, op=_TIME),
        register(RAM, op=PHYS),
        register(RAM + 0x80, op=_TIME_PHYS),
        arch=arch,
        guest=guest,
    )
    assert tuple(answers(lines, known_models()[name].policy, name)) == expected


#: Model -> what op 5 answers under `hypercall` to an address that is misaligned, that crosses a
#: page, that is mapped read-only, that leads to no RAM, that is not mapped, and for another vCPU.
_REGISTRATION = {
    "xen-arm-2020": (-22, 0, -22, -22, -22, -22),
    "xen-arm-2020+phys": (-22, 0, -22, -22, -22, -22),
    "xen-x86-2020": (0, 0, -22, -22, -22, 0),
    "xen-x86-2020+phys": (0, 0, -22, -22, -22, 0),
    "qemu-kvm": (0, 0, 0, 0, -14, 0),
}


@pytest.mark.parametrize("name", _REGISTRATION)
def test_registration_by_address(name: str) -> None:
    arch, guest, _ = _OTHER_OPS[name]
    tables = [
        use(0),
        use(0, 1),
        map_(0),
        map_(1, VA + 0x1000),
        map_(2, VA + 0x4000, ro=True),
        ev("map", space=0, va=VA + 0x6000, gpa=0x20000000),
    ]
    calls = [
        register(VA + 0x41),
        register(VA + 0xFE0),
        register(VA + 0x4040),
        register(VA + 0x6040),
        register(VA + 0x8040),
        register(target=1),
    ]
    lines = trace(*tables, *calls, arch=arch, guest=guest)
    assert tuple(answers(lines, "hypercall", name)) == _REGISTRATION[name]


@pytest.mark.parametrize("name", _REGISTRATION)
def test_what_a_refused_registration_does_to_the_area_before(name: str) -> None:
    arch, guest, _ = _OTHER_OPS[name]
    reset = ev("observe_reset")
    start = [use(0), map_(0), register(), register(VA + 0x9000), reset, *switch()]
    kept = {0} if name == "qemu-kvm" else set()
    lines = trace(*start, arch=arch, guest=guest)
    assert set(frames_written(lines, "hypercall", name)) == kept


def test_a_read_only_area_is_written_by_a_hypervisor_that_does_not_ask() -> None:
    calls = [map_(2, ro=True), register(VA + 0x40), ev("observe_reset"), *switch()]
    lines = trace(use(0), *calls, arch="x86_64", guest="hvm")
    assert frames_written(lines, "hypercall", "qemu-kvm") == {2: (0x40, 0x6F)}


def test_the_target_is_looked_at_before_the_operation_by_all_but_two() -> None:
    for name, (arch, guest, _) in _OTHER_OPS.items():
        calls = [register(RAM, op=op, target=7, ret=-2) for op in (PHYS, _TIME, _TIME_PHYS)]
        policy = known_models()[name].policy
        result = replay(
            trace(*calls, arch=arch, guest=guest), policy, model=name, verify=True
        ).verification
        assert result is not None
        assert result.ok == (name not in ("xen-arm-2020", "xen-arm-4.16")), name
