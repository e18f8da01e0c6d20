"""Fixtures of all tests, and what a run says about the things that tests/needs.py lists."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

import needs
from support import Cli

# Where the tests are started in the background Ctrl-C comes ignored, and every process that they
# start would have it so.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def cli() -> Cli:
    return Cli()


# -- what the tests need ------------------------------------------------------------------------

#: (fixture, node it belongs to) -> what it asked for when it was last set up
_needs_of_fixtures: dict[tuple[str, str], list[str]] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("needs", "what the tests need (tests/needs.py)")
    group.addoption(
        "--needs", action="store_true", help="end with the table of what was found and what not"
    )
    group.addoption(
        "--all",
        action="store_true",
        dest="nothing_missing",
        help="the same, and fail when something is missing that XLCFG_ALLOW_MISSING does not name",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(name...): skips where tests/needs.py finds it missing"
    )
    try:
        needs.allowed()
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    needs.asked.clear()
    for mark in item.iter_markers("needs"):
        needs.require(*mark.args)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any],
) -> Generator[None, object, object]:
    before = len(needs.asked)
    try:
        return (yield)
    finally:
        _needs_of_fixtures[fixturedef.argname, fixturedef.baseid] = needs.asked[before:]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails against another version than the recorded one says so."""
    report = yield
    if report.failed:
        names = list(needs.asked)
        for (fixture, node), asked in _needs_of_fixtures.items():
            if fixture in getattr(item, "fixturenames", ()) and item.nodeid.startswith(node):
                names += asked
        for line in needs.deviations(names):
            report.sections.append(("not the recorded version", line))
    return report


def _everything_counts(config: pytest.Config) -> bool:
    """Whether this run fails when something is missing."""
    return not config.option.collectonly and (config.option.nothing_missing or needs.strict())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput") or session.exitstatus != pytest.ExitCode.OK:
        return
    if _everything_counts(config) and needs.verdict(needs.rows()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    skipped: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", ()):
        if found := re.search(r"\bneeds ([\w.-]+): ", str(report.longrepr)):
            skipped[found[1]] += 1
    everything = config.option.needs or _everything_counts(config)
    found_rows = needs.rows() if everything else needs.rows(sorted(skipped))
    if not found_rows:
        return
    terminalreporter.section("what the tests need (tests/needs.py)")
    for row in found_rows:
        count = f" ({skipped[row.name]} skipped)" if skipped[row.name] else ""
        terminalreporter.line(f"{row}{count}")
    if _everything_counts(config) and (why := needs.verdict(found_rows)):
        terminalreporter.line(why, red=True)
