"""Released Xen gets the released answer, and what rests on the proposed options says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import Cli
from xlcfg.core.policy import AS_PROPOSED

GUEST = 'name = "g"\nkernel = "/k"\nmemory = 512\n'
ASKING = GUEST + 'runstate_translation = "hypercall"\n'
TRACE = {
    "trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
    "policy": None, "phys_area": False, "hypervisor": "", "va_bits": 39, "runstate_size": 48,
    "ram": [{"gpa": "0x78006000", "pages": 32}],
}  # fmt: skip


@pytest.fixture
def guest(tmp_path: Path) -> Path:
    path = tmp_path / "g.cfg"
    path.write_text(ASKING)
    return path


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(TRACE) + "\n")
    return path


def decided(cli: Cli, *arguments: object) -> tuple[str, str, bool]:
    (policy,) = json.loads(cli(*arguments, "--format", "json").stdout)["policies"]
    return policy["policy"], policy["decided_by"], policy["as_released"]


@pytest.mark.parametrize("release", ["4.14", "4.17.3", "4.22", "unstable"])
@pytest.mark.parametrize("command", ["check", "policy"])
def test_a_named_release_updates_unless_asked_otherwise(
    cli: Cli, guest: Path, command: str, release: str
) -> None:
    named = (command, guest, "--xen", release, "--arch", "arm64")
    assert decided(cli, *named) == ("update", "released Xen", True)
    assert decided(cli, *named, "--as-proposed") == ("hypercall", "guest", False)
    assert decided(cli, command, guest) == ("hypercall", "guest", False)
    assert decided(cli, command, guest, "--as-released") == ("update", "released Xen", True)


def test_a_release_of_the_host_or_of_the_project_is_a_named_one(
    cli: Cli, guest: Path, tmp_path: Path
) -> None:
    host = tmp_path / "h.json"
    host.write_text('{"cpus": 4, "nodes": 1, "memory_mb": 4096, "xen": "4.17"}')
    assert decided(cli, "check", guest, "--host", host)[1] == "released Xen"
    (tmp_path / ".xlcfg.toml").write_text('xen = "4.17"\n')
    assert decided(cli, "check", guest)[1] == "released Xen"
    assert decided(cli, "check", guest, "--as-proposed")[1] == "guest"


def test_the_two_go_not_together(cli: Cli, guest: Path) -> None:
    done = cli("check", guest, "--as-released", "--as-proposed")
    assert done.returncode == 2


def test_every_line_that_rests_on_the_proposal_says_so(cli: Cli, guest: Path, trace: Path) -> None:
    for command, start in (
        (("check", guest), f"{guest}: runstate translation: hypercall ("),
        (("policy", guest), f"{guest}: hypercall ("),
        (("policy", "--arch", "arm64"), "any guest on arm64: hypercall ("),
        (("replay", trace), f"{trace}: policy hypercall, decided by: architecture ("),
        (
            ("check", guest, "--arch", "arm64", "--trace", trace),
            f"{trace}: policy hypercall, decided by: guest (",
        ),
    ):
        said = [one for one in cli(*command).stdout.splitlines() if one.startswith(start)]
        assert len(said) == 1, command
        assert AS_PROPOSED in said[0], command
        assert AS_PROPOSED not in cli(*command, "--xen", "4.17").stdout, command


@pytest.mark.parametrize(
    ("options", "policy"),
    [((), "hypercall"), (("--xen", "4.17"), "update"), (("--as-released",), "update"),
     (("--xen", "4.17", "--as-proposed"), "hypercall")],
)  # fmt: skip
def test_a_trace_without_a_policy(
    cli: Cli, trace: Path, options: tuple[str, ...], policy: str
) -> None:
    assert f"policy {policy}, decided by: " in cli("replay", trace, *options).stdout
    import xlcfg

    given: dict[str, Any] = {}
    if "--xen" in options:
        given["xen"] = "4.17"
    if len(options) != 2 and options:
        given["as_released"] = "--as-released" in options
    assert xlcfg.replay(trace, **given).policy == policy


#: A release that is read from a recording counts as named, unless another one is, or the proposal.
_RECORDED = [
    ((), "update"),
    (("--as-proposed",), "hypercall"),
    (("--xen", "4.20"), "update"),
    (("--xen", "4.20", "--as-proposed"), "hypercall"),
]


@pytest.mark.parametrize(("options", "policy"), _RECORDED)
def test_a_trace_recorded_on_a_release(
    cli: Cli, trace: Path, options: tuple[str, ...], policy: str
) -> None:
    import xlcfg

    text = trace.read_text()
    assert '"hypervisor": ""' in text
    trace.write_text(text.replace('"hypervisor": ""', '"hypervisor": "xen 4.17.7 (Debian)"'))
    said = cli("replay", trace, *options).stdout
    assert f": policy {policy}, " in said
    assert ("which is what Xen 4.17 does" in said) == (not options)
    minimised = cli("trace", "minimise", "--keep", "RT115", trace, *options)
    assert f"xlcfg: policy {policy}, " in minimised.stderr
    given: dict[str, Any] = {"xen": "4.20"} if "--xen" in options else {}
    if "--as-proposed" in options:
        given["as_released"] = False
    assert xlcfg.replay(trace, **given).policy == policy


def test_a_console_log_says_its_release(cli: Cli, tmp_path: Path) -> None:
    log = tmp_path / "xl-dmesg.txt"
    walk = "(XEN) d1v0: Failed to walk page-table va 0xffffff837ebe0cd0\n"
    for version, release in (("4.17.3", " 4.17.3"), ("4.19-unstable", "")):
        log.write_text(f"(XEN) Xen version {version} (Debian) (x@y) (gcc) debug=y Thu\n{walk}")
        done = cli("replay", log)
        assert f"Xen{release} console log" in done.stdout
        (one,) = json.loads(cli("replay", log, "--format", "json").stdout)["replays"]
        assert ("what Xen 4.17 does" in one["decided_by"]) == bool(release)


def test_a_model_does_not_decide_where_a_release_is_named(cli: Cli, trace: Path) -> None:
    model = ("--model", "xen-arm-2020")
    assert "hypercall, which the model is known for" in cli("replay", trace, *model).stdout
    assert "policy update, " in cli("replay", trace, *model, "--xen", "4.17").stdout
    assert "policy update, " in cli("replay", trace, *model, "--as-released").stdout


def codes(cli: Cli, *arguments: object) -> list[tuple[str, str]]:
    found = json.loads(cli(*arguments, "--format", "json").stdout)["diagnostics"]
    return [(one["code"], one["severity"]) for one in found]


@pytest.mark.parametrize("word", ["runstate-translation=update", "runstate-translation=bogus"])
def test_a_real_xen_knows_no_such_parameter(cli: Cli, word: str) -> None:
    unknown = [("BL101", "error")]
    assert codes(cli, "cmdline", word, "--xen", "4.17") == unknown
    assert codes(cli, "cmdline", word, "--as-released") == unknown
    assert codes(cli, "cmdline", word, "--xen", "4.9") == [("BL101", "warning")]
    assert ("RS002", "info") in codes(cli, "cmdline", word)
    assert ("RS002", "info") in codes(cli, "cmdline", word, "--xen", "4.17", "--as-proposed")


@pytest.mark.parametrize("value", ['""', '"Hypercall"', '"bogus"', "2", '[ "update" ]'])
def test_every_xl_accepts_any_value_of_the_guest_setting(cli: Cli, value: str) -> None:
    text = f"{GUEST}runstate_translation = {value}\n".encode()
    for options in ((), ("--xen", "4.17")):
        done = cli("check", "-", *options, "--format", "json", stdin=text)
        found = {d["code"]: d["severity"] for d in json.loads(done.stdout)["diagnostics"]}
        assert found == {"RS001": "warning", "RS002": "info"}


def test_a_plain_check_is_silent_about_defaults(cli: Cli, guest: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.cfg"
    plain.write_text(GUEST)
    for arch in ("x86_64", "arm64"):
        assert "translation" not in cli("check", plain, "--arch", arch).stdout
        shown = cli("check", plain, "--arch", arch, "--show-policy").stdout
        assert f"({arch} default" in shown
    assert "runstate translation: hypercall (guest setting" in cli("check", guest).stdout
    assert "runstate translation:" not in cli("check", guest, "--xen", "4.17").stdout
    shown = cli("check", guest, "--xen", "4.17", "--show-policy").stdout
    assert "runstate translation: update (what every released Xen does)" in shown


@pytest.mark.parametrize("name", ["runstate_translation", "runstate-translation"])
def test_the_catalogue_says_that_no_release_reads_them(cli: Cli, name: str) -> None:
    for options in ((), ("--xen", "4.17")):
        page = cli("options", name, *options).stdout
        assert "Read by       no release of Xen" in page
    assert "read by no release of Xen" in page


def test_the_schema_says_so_too(cli: Cli) -> None:
    described = json.loads(cli("schema").stdout)["properties"]["runstate_translation"]
    assert "read by no release of Xen" in described["description"]
