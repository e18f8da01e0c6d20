"""`xlcfg.testing`, which plugins are tested with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from support import ROOT
from xlcfg.core.diagnostics import WARNING, Diagnostic, Fix
from xlcfg.testing import check_page, check_text

GUEST = 'name = "web01"\nkernel = "/k"\n'
PAGE = """Names without a site.

What it does
------------
Reports them.

Why
---
They clash.

Example
-------
    name = "web01"
    kernel = "/k"

Fix
---
    name = "web01.lab"
    kernel = "/k"
"""


def rule(**changes: Any) -> Any:
    """A rule that wants a dot in names, and what is to be wrong with it."""
    made = ModuleType("made_rule", PAGE)

    def check(guest: Any) -> Any:
        name = guest.settings.get("name")
        if "." not in (guest.settings.string("name") or "."):
            end = name.value.end - 1
            fix = Fix("write a site", False, [(end, end, b".lab")])
            yield Diagnostic("ST101", WARNING, "no site", start=name.start, end=end, fix=fix)

    attributes = {"CODE": "ST101", "NAME": "site", "SUMMARY": "no site", "check": check}
    for key, value in {**attributes, "FIX": "unsafe", **changes}.items():
        setattr(made, key, value)
    return made


def test_a_text_is_checked_and_fixed() -> None:
    done = check_text(GUEST, rules=[rule()], plugins=False)
    assert done.codes == ["ST101"]
    assert done.only("ST101").line == 1
    assert done.guest_type == "pv"
    assert done.policy is not None
    assert done.fixed == GUEST
    assert done.fixed_unsafely == GUEST.replace("web01", "web01.lab")
    assert check_text(GUEST, plugins=False).codes == []


def test_release_machine_and_boot_line_count() -> None:
    text = GUEST + "vpmu = 1\n"
    assert check_text(text, xen="4.14").codes == ["XL102"]
    assert check_text(text, xen="4.17").codes == []
    policy = check_text(GUEST, cmdline="runstate-translation=hypercall").policy
    assert policy is not None
    assert policy.level == "boot"
    with pytest.raises(ValueError, match="architecture"):
        check_text(GUEST, arch="vax")


def test_only_says_what_there_is() -> None:
    with pytest.raises(AssertionError, match=r"0 findings with code XL101, of \['ST101'\]"):
        check_text(GUEST, rules=[rule()], plugins=False).only("XL101")


def test_a_rule_that_raises_fails_with_its_place() -> None:
    def check(guest: Any) -> Any:
        raise ZeroDivisionError("on purpose")

    with pytest.raises(AssertionError, match=rf"on purpose.*{Path(__file__).name}:\d+"):
        check_text(GUEST, rules=[rule(check=check)], plugins=False)


def test_a_fix_that_never_settles_is_told() -> None:
    def check(guest: Any) -> Any:
        name = guest.settings.get("name")
        end = name.value.end - 1
        fix = Fix("longer", False, [(end, end, b"x")])
        yield Diagnostic("ST101", WARNING, "too short", start=name.start, end=end, fix=fix)

    with pytest.raises(AssertionError, match="does not settle"):
        check_text(GUEST, rules=[rule(check=check)], plugins=False)


def test_a_true_page_passes() -> None:
    check_page(rule(), plugins=False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"__doc__": PAGE.replace("Why\n---\n", "")}, "no section 'Why'"),
        ({"__doc__": PAGE.replace("    ", "")}, "shows no config"),
        ({"__doc__": PAGE.replace('"web01"', '"web01.x"')}, "its Example has no findings"),
        ({"__doc__": PAGE.replace('"web01.lab"', '"web02"')}, "its Fix has the finding"),
        ({"FIX": "safe"}, "promises a safe fix, and offers none"),
    ],
)
def test_an_untrue_page_fails(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_page(rule(**changes), plugins=False)


def test_a_fix_that_leaves_the_finding_fails() -> None:
    def check(guest: Any) -> Any:
        if guest.settings.string("name") not in ("web01.lab", "done"):
            name = guest.settings.get("name")
            first = guest.settings.string("name") == "web01"
            edits = [(name.value.start, name.value.end, b'"b"')] if first else []
            fix = Fix("write b", False, edits)
            yield Diagnostic("ST101", WARNING, "no site", start=name.start, end=name.end, fix=fix)

    with pytest.raises(AssertionError, match="unsafe fix leaves the finding"):
        check_page(rule(check=check), plugins=False)


def test_own_rules_hold_against_their_pages() -> None:
    """The example plugin's rule is one that a stranger would write."""
    sys.path.insert(0, str(ROOT / "examples" / "xlcfg-plugin-example" / "src"))
    try:
        from xlcfg_plugin_example import site_in_name
    finally:
        del sys.path[0]
    check_page(site_in_name, plugins=False)


def test_pytest_finds_the_fixture(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "def test_it(check_text):\n    assert 'XL101' in check_text('vcpu = 1').codes\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xlcfg.testing"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout


def test_a_namespace_will_do() -> None:
    made = SimpleNamespace(**{k: v for k, v in vars(rule()).items() if k[0] != "_"})
    assert check_text(GUEST, rules=[made], plugins=False).codes == ["ST101"]  # type: ignore[list-item]
