"""The words for what a model notes: they stand in the file of the rule that a kind belongs to."""

from __future__ import annotations

from importlib import import_module

from xlcfg.rules._index import CODES, KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlcfg.rules.protocol import KindFile


def words(kind: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
    """Code, message and help for a kind, filled with the facts that the model noted.

    Only the file of that rule is imported. KeyError for a kind that no rule has.
    """
    rule = rule_of(kind)
    message, help_text = rule.KINDS[kind]
    return rule.CODE, fill(message, facts), fill(help_text, facts)


def rule_of(kind: str) -> KindFile:
    """The file of the rule that a kind belongs to. KeyError for a kind that no rule has."""
    rule: KindFile = import_module(CODES[KINDS[kind]][0])
    return rule


def fill(template: str, facts: Mapping[str, object]) -> str:
    """A template with facts in it; lists are joined with ", "."""
    if "{" not in template:
        return template
    shown = {
        name: ", ".join(map(str, fact)) if isinstance(fact, list) else fact
        for name, fact in facts.items()
    }
    return template.format_map(shown)
