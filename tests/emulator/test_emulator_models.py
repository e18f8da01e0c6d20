"""Hypervisor models are data, and plugins can add their own."""

from __future__ import annotations

import pytest
from emulator_traces import PHYS, RAM, answers, ev, header, map_, register, trace, use

from xlcfg.emulator import Model, default_model, known_models
from xlcfg.emulator.trace import decode_header

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
    from xlcfg.emulator import replay

    lines = trace(ev("vcpu_op", vcpu=0, op=PHYS, target=7, addr=RAM, ret=-2))
    released = replay(lines, "update", verify=True).verification
    proposal = replay(lines, "hypercall", verify=True).verification
    assert released is not None
    assert proposal is not None
    assert released.ok
    assert proposal.differences[0].predicted == -22
