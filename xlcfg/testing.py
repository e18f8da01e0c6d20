"""For the tests of plugins: `check_text` and `check_page`, and `check_text` as a fixture of pytest.

With `pytest_plugins = ["xlcfg.testing"]` in a conftest.py nothing more needs to be imported:

    def test_a_site_is_asked_for(check_text):
        done = check_text('name = "web01"')
        assert done.codes == ["ST101"]
        assert done.fixed == 'name = "web01.lab"'

A plugin that raises, or answers something of another shape, fails the test with its file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from xlcfg.api import Finding, Policy

_TITLES = ("What it does", "Why", "Example", "Fix")


class _Tried:
    """The plugin that brings the rules of a test."""

    XLCFG_API = 1

    def __init__(self) -> None:
        self.rules: list[ModuleType] = []

    def xlcfg_rules(self) -> list[ModuleType]:
        """The rules."""
        return self.rules


_tried = _Tried()


@dataclass(frozen=True, slots=True)
class Tested:
    """A checked text. `findings`, `guest_type` and `policy` are those of `xlcfg.check`.

    `fixed` is the text after all safe fixes, `fixed_unsafely` after the unsafe ones, too: as
    `xlcfg check --fix` and `--unsafe-fixes` write it, and the text itself where nothing is fixed.
    """

    findings: tuple[Finding, ...]
    guest_type: str | None
    policy: Policy | None
    fixed: str
    fixed_unsafely: str

    @property
    def codes(self) -> list[str]:
        """The codes of all findings, in order of place."""
        return [finding.code for finding in self.findings]

    def only(self, code: str) -> Finding:
        """The one finding with that code; AssertionError where there is none, or another."""
        found = [finding for finding in self.findings if finding.code == code]
        assert len(found) == 1, f"{len(found)} findings with code {code}, of {self.codes}"
        return found[0]


def check_text(
    text: str,
    *,
    rules: Iterable[ModuleType] = (),
    xen: str | None = None,
    arch: str = "x86_64",
    cmdline: str | None = None,
    plugins: bool = True,
) -> Tested:
    """Check and fix the text of a guest config, with the plugins that are installed.

    `rules` are rule modules that take part without being installed. The rest is as for
    `xlcfg.check`. Raises AssertionError where a plugin fails, and where a text does not settle when
    it is fixed.
    """
    from xlcfg.api import checked, linter_for
    from xlcfg.checks.guest import check_source
    from xlcfg.core.source import Source
    from xlcfg.fix import fix_report

    about = linter_for(xen, arch, cmdline, None, plugins)
    _tried.rules = list(rules)
    if _tried.rules:
        from xlcfg.hooks.discovery import Found

        about.hooks.bring(Found("tested rules", f"{__name__}:_tried", "", ""))
    source = Source("<text>", text.encode("utf-8", "surrogateescape"))
    report = check_source(source, about)
    done = checked(report)
    texts = []
    for unsafe in (False, True):
        report = fix_report(report, about, unsafe=unsafe).report
        again = fix_report(report, about, unsafe=unsafe)
        assert not again.fixes, f"fixing does not settle: {again.fixes} fixes are left"
        texts.append(report.source.data.decode("utf-8", "surrogateescape"))
    for failure in about.hooks.failures:
        where = f" ({failure.where})" if failure.where else ""
        raise AssertionError(f"{failure.plugin}: {failure.hook}: {failure.error}{where}")
    return Tested(done.findings, done.guest_type, done.policy, *texts)


def check_page(rule: ModuleType, **options: Any) -> None:
    """Hold a rule against its page: the *Example* has its finding, the *Fix* has not.

    The page is the module's docstring, with the sections What it does, Why, Example and Fix;
    examples are indented. Where the rule offers fixes (`FIX` is "safe" or "unsafe"), applying them
    to the example takes its finding away. `options` are those of `check_text`. Raises
    AssertionError.
    """
    page = _sections(rule.__doc__ or "")
    missing = [title for title in _TITLES if title not in page]
    assert not missing, f"{rule.__name__}: its page has no section {missing[0]!r}"
    code = rule.CODE
    example, fix = _indented(page["Example"]), _indented(page["Fix"])
    assert example, f"{rule.__name__}: its Example shows no config (lines indented by four blanks)"
    done = check_text(example, rules=_once(rule, options), **options)
    assert code in done.codes, f"{code}: its Example has {done.codes or 'no findings'}"
    if fix:
        found = check_text(fix, rules=_once(rule, options), **options).codes
        assert code not in found, f"{code}: its Fix has the finding"
    kind = getattr(rule, "FIX", "")
    if kind:
        text = done.fixed if kind == "safe" else done.fixed_unsafely
        assert text != example, f"{code}: it promises a {kind} fix, and offers none"
        found = check_text(text, rules=_once(rule, options), **options).codes
        assert code not in found, f"{code}: its {kind} fix leaves the finding: {text!r}"


def _once(rule: ModuleType, options: dict[str, Any]) -> list[ModuleType]:
    """The rule, unless an installed plugin brings it already."""
    from xlcfg.api import linter_for

    if options.get("plugins", True):
        installed = linter_for(None, "x86_64", None, None, True).all_rules()
        if any(getattr(known, "CODE", "") == rule.CODE for known in installed):
            return []
    return [rule]


def _sections(page: str) -> dict[str, str]:
    """Title -> text of the parts of a page that are underlined with `---`."""
    parts = re.split(r"^(.+)\n-{3,}\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _indented(text: str) -> str:
    """The indented lines of a section, as a config."""
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    return "\n".join(lines) + "\n" if lines else ""


def pytest_configure(config: Any) -> None:
    """pytest's hook: brings the fixture `check_text`."""
    import pytest

    class Fixtures:
        @pytest.fixture(name="check_text")
        def fixture(self) -> Callable[..., Tested]:
            """`xlcfg.testing.check_text`."""
            return check_text

    config.pluginmanager.register(Fixtures(), "xlcfg-fixtures")
