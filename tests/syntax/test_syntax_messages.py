"""What people are told of mistakes: each has its message, each message is used and filled."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

import xlcfg.syntax.recovery
from xlcfg.checks.guest import refusals
from xlcfg.rules import files
from xlcfg.rules.syntax import texts
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.tree import Mistake, Problem

RULES = [import_module(name) for _, name in files("syntax")]
MESSAGES = [
    (rule.CODE, kind, message, help_text)
    for rule in RULES
    for kind, (message, help_text) in rule.MESSAGES.items()
]
FIXTURES = Path(__file__).parent / "fixtures"
RECOVERY = Path(xlcfg.syntax.recovery.__file__).parent


@pytest.mark.parametrize(("code", "kind", "message", "help_text"), MESSAGES)
def test_messages_read_well(code: str, kind: str, message: str, help_text: str) -> None:
    for template in (message, help_text):
        assert template == template.strip()
        assert "\n" not in template
        assert not template.endswith(".")
        facts = {field: "x" for _, field, _, _ in Formatter().parse(template) if field}
        assert template.format_map(facts).count("`") % 2 == 0


def test_kinds_are_told_apart_without_their_codes() -> None:
    kinds = [kind for _, kind, _, _ in MESSAGES]
    assert sorted(kinds) == sorted(set(kinds))


def test_every_kind_belongs_to_a_word_of_the_reader() -> None:
    """Kinds are put together from words in the reader, so each word of a kind is written there."""
    words: set[str] = set()
    for path in RECOVERY.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(node.value.split("."))
    for _, kind, _, _ in MESSAGES:
        assert set(kind.split(".")) <= words | {"digits", "hex", "unknown"}, kind


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.CODE))
def test_a_refused_file_is_an_error(rule: ModuleType) -> None:
    assert rule.SEVERITY == "error"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.CODE))
def test_fixes_are_as_the_rule_states(rule: ModuleType) -> None:
    """No mistake of the fixtures has a fix of a kind that its rule does not state, or no fix."""
    stated = rule.FIX if isinstance(rule.FIX, tuple) else (rule.FIX,)
    found: set[str] = set()
    for path in sorted(FIXTURES.glob("*.cfg")):
        document = read_guest(path.read_bytes().decode("latin-1"))
        for finding in refusals(document):
            if finding.code == rule.CODE and finding.fix is not None:
                found.add("safe" if finding.fix.safe else "unsafe")
    assert found <= set(stated)
    assert stated[0] == min(found, key=("safe", "unsafe").index, default="")


def test_a_message_is_filled_with_facts() -> None:
    mistake = Mistake("XL005", "text.unquoted", {"found": "{web}", "string": '"{web}"'}, 0, 1)
    assert texts(mistake) == ("`{web}` needs quotes", 'write `"{web}"`')


def test_other_readers_bring_their_words_along() -> None:
    assert texts(Problem("IO007", "{no} guest", "write {one}", 0, 1)) == (
        "{no} guest",
        "write {one}",
    )


def test_a_kind_without_a_message_is_no_silent_blank() -> None:
    with pytest.raises(KeyError):
        texts(Mistake("XL005", "text.nonsense", {}, 0, 1))
