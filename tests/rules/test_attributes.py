"""What a rule's file states is true: the severities of its findings, and whether it has a fix."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest
from engine.generator import config
from engine.trees import render
from plugins.toolstacks import LATER, reports
from rules.pages import CROSS_FILE_CODES, RUN_CODES, block, findings, page_module

from support import ROOT, make_linter
from xlcfg.catalogue import GuestOption
from xlcfg.checks.guest import check_source
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.host import Host
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.rules import build
from xlcfg.rules._index import CODES, FAMILIES

#: whose findings come from files of the host or from other inputs than text
ELSEWHERE = {*CROSS_FILE_CODES, *RUN_CODES}
CHECKED = sorted(
    code
    for family, codes in FAMILIES.items()
    if family not in build.WITHOUT_ATTRIBUTES
    for code in codes
    if code in CODES and code not in ELSEWHERE
)
TOOLSTACK_CODES = sorted(
    code for family in FAMILIES if family.startswith("xlcfg_") for code in FAMILIES[family]
)
#: releases between which the severities of what Xen says differ
RELEASES = ("", "4.9", "4.17")
#: the host with which what depends on it is certain
HOST = Host(cpus=1)


def own(code: str, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in found if finding.code == code]


def contradictions(found: Iterable[Diagnostic]) -> Iterator[str]:
    """Findings whose severity or fix is not one that the file of their rule states."""
    for finding in found:
        if finding.code not in CHECKED:
            continue
        module = page_module(finding.code)
        if finding.severity not in build.values(module, "SEVERITY"):
            yield f"{finding} is {finding.severity}"
        if finding.fix is not None and kind_of_fix(finding) not in build.values(module, "FIX"):
            yield f"{finding} has a fix that is {kind_of_fix(finding)}"


def kind_of_fix(finding: Diagnostic) -> str:
    assert finding.fix is not None
    return "safe" if finding.fix.safe else "unsafe"


def example(code: str) -> list[Diagnostic]:
    """The findings of a rule in its example, for every release that can tell."""
    text = block(code, "Example")
    boot = ".boot." in CODES[code][0]
    found = [own(code, findings(text, release, boot=boot)) for release in RELEASES]
    if code == "XL312":
        linter = make_linter("4.17", "x86_64", Hooks(plugins=False))
        linter.target = linter.target.replace(host=HOST)
        found.append(check_source(Source("x.cfg", text.encode()), linter).diagnostics)
    return own(code, [finding for some in found for finding in some])


def renamed_by_a_plugin() -> list[Diagnostic]:
    """What is found in a key that a plugin renamed: no key of Xen's own ever was."""
    plugin = types.ModuleType("renames")
    plugin.xlcfg_options = lambda target: [  # type: ignore[attr-defined]
        GuestOption("old_key", "long", runs=((0, 5),), replacement="new_key"),
        GuestOption("new_key", "long"),
    ]
    hooks = Hooks(plugins=False)
    hooks.builtins().append(plugin)
    linter = make_linter("4.17", "x86_64", hooks)
    config = b'name = "x"\nkernel = "/k"\nold_key = 1\n'
    return own("XL102", check_source(Source("x.cfg", config), linter).diagnostics)


@pytest.mark.parametrize("code", CHECKED)
def test_severities_are_those_of_the_example(code: str) -> None:
    severities = {finding.severity for finding in example(code)}
    assert severities == set(build.values(page_module(code), "SEVERITY"))


@pytest.mark.parametrize("code", CHECKED)
def test_the_fix_is_what_the_file_says(code: str) -> None:
    found = example(code) + renamed_by_a_plugin() * (code == "XL102")
    fixes = {kind_of_fix(finding) for finding in found if finding.fix is not None}
    stated = set(build.values(page_module(code), "FIX")) - {""}
    assert fixes <= stated
    assert bool(fixes) == bool(stated)


@pytest.mark.parametrize("code", TOOLSTACK_CODES)
def test_toolstacks_say_the_truth_too(code: str) -> None:
    text = block(code, "Example")
    made = reports(text, release=LATER.get(code, "4.20"))
    found = own(code, (d for report in made for d in report.diagnostics))
    assert {finding.severity for finding in found} == set(
        build.values(page_module(code), "SEVERITY")
    )
    assert {finding.fix for finding in found} == {None}
    assert build.values(page_module(code), "FIX") == ("",)


@pytest.mark.parametrize("release", ["4.9", "4.17", "4.22"])
def test_random_configs_contradict_no_file(release: str) -> None:
    random = Random(release)
    for number in range(400):
        linter = make_linter(release, ("x86_64", "arm64")[number % 2], Hooks(plugins=False))
        linter.target = linter.target.replace(host=HOST if number % 3 else None)
        report = check_source(Source("x.cfg", render(config(random))), linter)
        assert list(contradictions(report.diagnostics)) == []


def module(**changes: object) -> types.ModuleType:
    """A rule's module with nothing wrong, but for `changes` (None takes a name away)."""
    made = types.ModuleType("xl999_made_up", (page_module("XL208").__doc__ or ""))
    names: dict[str, object] = {
        "CODE": "XL999",
        "NAME": "made-up",
        "SUMMARY": "nothing",
        "SEVERITY": "error",
        "FIX": "",
        "IMPACT": "",
    }
    for name, value in (names | changes).items():
        if value is not None:
            setattr(made, name, value)
    return made


def test_a_whole_file_has_no_faults() -> None:
    for severity in ("error", ("error", "warning"), ("warning", "info")):
        for fix in ("", "safe", "unsafe", ("safe", "unsafe")):
            whole = module(SEVERITY=severity, FIX=fix, KINDS={"a.b": ("say {what}", "")})
            assert build.faults(whole, "XL999", "xl") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"CODE": "XL998"},
        {"NAME": "Made Up"},
        {"NAME": None},
        {"SUMMARY": None},
        {"SUMMARY": "It ends."},
        {"SEVERITY": None},
        {"SEVERITY": "fatal"},
        {"SEVERITY": ("warning", "error")},
        {"SEVERITY": ()},
        {"FIX": None},
        {"FIX": "sure"},
        {"KINDS": {"a.b": "text"}},
        {"FIX": "safe", "FIXES": {"a.b": None}},
        {"KINDS": {"a.b": ("say", "")}, "FIXES": {"a.b": None}},
        {"KINDS": {"a.b": ("broken {", "")}},
        {"__doc__": "No sections."},
    ],
    ids=str,
)
def test_a_file_that_lacks_something_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(build.RuleFileError):
        build.examine(module(**changes), "XL999", "xl")


def test_a_name_set_twice_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "xl999_made_up.py"
    path.write_text('SEVERITY = "error"\nFIX = ""\nSEVERITY = "info"\n')
    twice = module(__file__=str(path))
    assert build.faults(twice, "XL999", "xl") == ["SEVERITY is set twice"]


def test_two_rules_cannot_own_one_kind() -> None:
    owners = {"a.b": "XL998"}
    build.unique(owners, "a.b", "XL998")
    with pytest.raises(build.RuleFileError, match=r"XL998 and XL999"):
        build.unique(owners, "a.b", "XL999")


def test_replays_say_what_they_do_to_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "WITHOUT_ATTRIBUTES", ())
    assert build.faults(module(IMPACT="corrupts"), "XL999", "replay") == []
    assert build.faults(module(IMPACT=None), "XL999", "replay") != []


def test_nothing_reads_a_meaning_off_the_letters_of_a_code() -> None:
    letters = re.compile(r'code\b\)*\.startswith\(\(?"[A-Z]{2}|code\[:\d\]')
    guilty = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("xlcfg", "plugins")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if letters.search(line)
    ]
    assert guilty == []
