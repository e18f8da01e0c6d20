"""Who may decide: guest file > boot line > toolstack > architecture, each for itself alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from support import make_linter
from xlcfg.checks.guest import check_guests
from xlcfg.checks.report import Report
from xlcfg.core.policy import Decision, Vote
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.hooks.discovery import Found
from xlcfg.hooks.manager import Manager
from xlcfg.policy import decide, has_runstate
from xlcfg.syntax.cmdline import read_boot

GUEST = 'name = "g"\nkernel = "/k"\nmemory = 512\n'


def decision(
    monkeypatch: pytest.MonkeyPatch, votes: Callable[[], object], own: str = "", boot: str = ""
) -> Decision:
    """What comes of a guest with a plugin that votes so; `own` is the guest's own setting."""

    def xlcfg_policy(guest: object, context: object) -> object:
        return votes()

    plugin = SimpleNamespace(XLCFG_API=1, xlcfg_policy=xlcfg_policy)
    monkeypatch.setitem(sys.modules, "voter", plugin)  # type: ignore[arg-type]
    hooks = Hooks(plugins=False)
    hooks._manager = Manager(hooks.builtins(), hooks.failures)
    hooks._manager.load(Found("voter", "voter", "voter", "1"))
    assert not hooks.failures
    linter = make_linter("4.22", "x86_64", hooks)
    if boot:
        linter.target = linter.target.replace(boot=read_boot(f"runstate-translation={boot}"))
    line = f'runstate_translation = "{own}"\n' if own else ""
    (report,) = check_guests(Source("g.cfg", (GUEST + line).encode()), linter)
    assert report.policy is not None
    return report.policy


@pytest.mark.parametrize("level", ["guest", "boot", "toolstack", "architecture"])
def test_a_plugin_votes_at_its_own_level_whatever_it_says(
    monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    def votes() -> list[Vote]:
        return [Vote("hypercall", level, "g.cfg", "so says a plugin")]

    alone = decision(monkeypatch, votes)
    assert (alone.policy, alone.level) == ("hypercall", "toolstack")
    under_boot = decision(monkeypatch, votes, boot="update")
    assert (under_boot.policy, under_boot.level) == ("update", "boot")
    under_guest = decision(monkeypatch, votes, own="update")
    assert (under_guest.policy, under_guest.level) == ("update", "guest")


def test_a_toolstack_can_set_one_guests_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    def votes() -> Vote:
        return Vote.for_guest("hypercall", "sites", "a guest of the lab")

    over_boot = decision(monkeypatch, votes, boot="update")
    assert (over_boot.policy, over_boot.level) == ("hypercall", "guest")
    said = next(step.text for step in over_boot.steps if step.outcome == "decides")
    assert said == "sites for this guest: a guest of the lab"
    beaten = decision(monkeypatch, votes, own="update", boot="update")
    assert beaten.policy == "update"
    assert [(s.origin, s.outcome) for s in beaten.steps[:2]] == [
        ("g.cfg", "decides"), ("sites", "overridden")
    ]  # fmt: skip
    left = decision(monkeypatch, votes, own="default", boot="update")
    assert (left.policy, left.level) == ("hypercall", "guest")


def test_for_no_guest_it_speaks_as_any_toolstack() -> None:
    vote = Vote.for_guest("hypercall", "sites", "all")
    assert vote.of_plugin(about_guest=False).level == "toolstack"
    assert vote.of_plugin(about_guest=True).level == "guest"


def reports(name: str, text: str, arch: str = "x86_64") -> list[Report]:
    linter = make_linter("4.22", arch, Hooks(plugins=False))
    return check_guests(Source(name, text.encode()), linter)


def codes(report: Report) -> list[str]:
    return [d.code for d in report.diagnostics]


def domain(*asked: str, arch: str = "x86_64") -> str:
    space = "https://xlcfg.org/xmlns/libvirt/1.0"
    elements = "".join(f'<runstate xmlns="{space}" translation="{one}"/>' for one in asked)
    return (
        "<domain type='xen'><name>g</name><memory unit='MiB'>512</memory><vcpu>2</vcpu>"
        f"<os><type arch='{arch}' machine='xenpvh'>xenpvh</type><kernel>/boot/vmlinuz</kernel></os>"
        f"<metadata>{elements}</metadata></domain>"
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("update",), 0), (("update", "hypercall"), 1), (("update", "old"), 0),
        (("default", "hypercall"), 1), (("bogus", "hypercall"), 1), (("1", "hypercall", "0"), 1),
    ],
)  # fmt: skip
def test_two_elements_of_a_domain(asked: tuple[str, ...], found: int) -> None:
    (report,) = reports("g.xml", domain(*asked))
    assert codes(report).count("LV107") == found


def record(platform: str, other: str) -> str:
    return (
        "uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f\n"
        "            name-label ( RW): web\n"
        "           domain-type ( RW): pvh\n"
        f"              platform (MRW): {platform}\n"
        f"          other-config (MRW): {other}\n"
    )


@pytest.mark.parametrize(
    ("platform", "other", "found"),
    [
        ("runstate_translation: update", "runstate_translation: hypercall", 1),
        ("runstate_translation: default", "runstate_translation: hypercall", 1),
        ("runstate_translation: bogus", "runstate-translation: hypercall", 1),
        ("runstate_translation: new", "runstate-translation: hypercall", 0),
        ("runstate_translation: update; runstate-translation: new", "", 1),
        ("runstate_translation: update", "", 0),
        ("", "runstate-translation: new", 0),
    ],
)
def test_two_maps_of_a_record(platform: str, other: str, found: int) -> None:
    (report,) = reports("vm.txt", record(platform, other))
    assert codes(report).count("XA102") == found


@pytest.mark.parametrize(
    ("value", "found"), [('"update"', 0), ('"update", "hypercall"', 1), ("<1>", 0), ("<1 0>", 1)]
)
def test_two_values_of_a_property(value: str, found: int) -> None:
    tree = (
        '/dts-v1/; / { chosen { d { compatible = "xen,domain"; cpus = <1>; memory = <0 0x20000>; '
        f"xen,runstate-translation = {value}; }}; }}; }};"
    )
    (report,) = reports("b.dts", tree, "arm64")
    assert codes(report).count("DT116") == found


@pytest.mark.parametrize("run", ["x86_64", "arm64"])
@pytest.mark.parametrize("arch", ["riscv64", "ppc64", "ppc64le", "s390x"])
def test_an_architecture_without_the_call_has_no_policy(arch: str, run: str) -> None:
    (report,) = reports("g.xml", domain(arch=arch), run)
    assert report.policy is None
    assert codes(report) == ["RS004"]
    assert not has_runstate(arch)
    linter = make_linter("4.22", "x86_64", Hooks(plugins=False))
    with pytest.raises(ValueError, match=f"no runstate call on {arch}"):
        decide(None, linter.target.replace(arch=arch), linter.hooks)


@pytest.mark.parametrize(
    ("arch", "policy"),
    [("x86_64", "update"), ("i686", "update"), ("aarch64", "hypercall"), ("armv7l", "hypercall")],
)
def test_those_with_the_call_have_their_default(arch: str, policy: str) -> None:
    (report,) = reports("g.xml", domain(arch=arch))
    assert report.policy is not None
    assert report.policy.policy == policy
