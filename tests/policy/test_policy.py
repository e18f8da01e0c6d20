"""The effective runstate translation policy: who decides, in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import Cli, make_linter
from xlcfg.checks.guest import check_source
from xlcfg.core.policy import Decision
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.policy import decide, parse_boot_value, parse_guest_value
from xlcfg.syntax.cmdline import read_boot

CONFIG = 'name = "a"\nkernel = "/k"\n'


def resolve(
    guest: str | None = None, boot: str | None = None, arch: str = "x86_64", **options: bool
) -> Decision:
    """The decision for a guest with this setting (None: no such line)."""
    linter = make_linter("4.22", arch, Hooks(plugins=False), **options)  # type: ignore[arg-type]
    if boot is not None:
        linter.target = linter.target.replace(boot=read_boot(boot))
    line = "" if guest is None else f"runstate_translation = {guest}\n"
    decision = check_source(Source("g.cfg", (CONFIG + line).encode()), linter).policy
    assert decision is not None
    return decision


@pytest.mark.parametrize(
    ("arch", "policy"),
    [("arm64", "hypercall"), ("arm32", "hypercall"), ("x86_64", "update"), ("x86_32", "update")],
)
def test_the_architecture_has_a_default(arch: str, policy: str) -> None:
    decision = resolve(arch=arch)
    assert (decision.policy, decision.level) == (policy, "architecture")


@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
@pytest.mark.parametrize(
    ("boot", "policy"),
    [
        ("runstate-translation=hypercall", "hypercall"),
        ("runstate-translation=update", "update"),
        ("runstate-translation=new", "hypercall"),
        ("runstate-translation=old", "update"),
        ("runstate-translation", "hypercall"),
        ("runstate-translation=yes", "hypercall"),
        ("runstate-translation=0", "update"),
        ("runstate-translation=off", "update"),
        ("no-runstate-translation", "update"),
        ("runstate-translation=update runstate-translation=hypercall", "hypercall"),
        ("runstate-translation=update runstate-translation=bogus", "update"),
    ],
)
def test_the_boot_parameter_overrides_it_everywhere(arch: str, boot: str, policy: str) -> None:
    decision = resolve(boot=f"console=vga {boot} dom0_mem=1G", arch=arch)
    assert (decision.policy, decision.level) == (policy, "boot")


@pytest.mark.parametrize("boot", ["runstate-translation=default", "runstate-translation=bogus"])
def test_a_boot_parameter_that_names_no_policy_decides_nothing(boot: str) -> None:
    assert resolve(boot=boot, arch="arm64").level == "architecture"


@pytest.mark.parametrize("boot", ["runstate-translation=update", "runstate-translation"])
@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
@pytest.mark.parametrize(
    ("guest", "policy"),
    [
        ('"hypercall"', "hypercall"),
        ('"new"', "hypercall"),
        ("1", "hypercall"),
        ('"update"', "update"),
        ('"old"', "update"),
        ("0", "update"),
    ],
)
def test_the_guest_overrides_all(guest: str, policy: str, boot: str, arch: str) -> None:
    decision = resolve(guest=guest, boot=boot, arch=arch)
    assert (decision.policy, decision.level) == (policy, "guest")


def test_a_guests_default_leaves_it_to_the_boot_parameter() -> None:
    decision = resolve(guest='"default"', boot="runstate-translation=update", arch="arm64")
    assert (decision.policy, decision.level) == ("update", "boot")
    assert [s.outcome for s in decision.steps] == ["passes on", "decides", "silent", "overridden"]


def test_released_xen_updates_whatever_is_said() -> None:
    decision = resolve(guest="1", arch="arm64", as_released=True)
    assert (decision.policy, decision.as_released) == ("update", True)


@pytest.mark.parametrize("text", ["", "2", "01", "yes", "Hypercall", " update"])
def test_other_guest_values_are_refused(text: str) -> None:
    assert parse_guest_value(text) is None


@pytest.mark.parametrize(
    ("value", "negated"), [("maybe", False), ("hypercall", True), ("1", True), ("Update", False)]
)
def test_other_boot_values_are_invalid(value: str, negated: bool) -> None:
    assert parse_boot_value(value, negated) is None


def test_the_host_alone_can_be_asked() -> None:
    linter = make_linter("4.22", "arm64", Hooks(plugins=False))
    assert decide(None, linter.target, linter.hooks).policy == "hypercall"


def test_policy_prints_every_step(cli: Cli) -> None:
    done = cli(
        "policy", "-", "--arch", "arm64", "--cmdline", "runstate-translation=update",
        stdin=(CONFIG + 'runstate_translation = "default"\n').encode(),
    )  # fmt: skip
    assert done.returncode == 0
    steps = [line.strip() for line in done.stdout.splitlines() if "." in line[:8]]
    assert done.stdout.count("\n=> ") + sum(line.startswith("=>") for line in steps) == 1
    assert '1. guest setting     runstate_translation = "default"' in done.stdout
    assert "=> 2. boot parameter    runstate-translation=update" in done.stdout
    assert "4. architecture      arm64 defaults to hypercall, not asked any more" in done.stdout
    assert "RS002" in done.stdout


def test_a_bad_guest_value_is_a_warning_that_names_the_good_ones(cli: Cli) -> None:
    done = cli("check", "-", stdin=(CONFIG + 'runstate_translation = "once"\n').encode())
    assert done.returncode == 1
    assert "warning[RS001]" in done.stdout
    for word in ("hypercall", "update", "default", "new", "old"):
        assert f'"{word}"' in done.stdout


def test_a_file_without_guests_has_no_policy(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "grub").write_text('GRUB_CMDLINE_XEN="dom0_mem=1G lolglvl=all"\n')
    done = cli("policy", "grub", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("xlcfg: grub: no guest is in this file (grub-default); ")


def test_a_refused_guest_has_an_answer(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text("name = x\n")
    done = cli("policy", "x.cfg", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "x.cfg: update")
