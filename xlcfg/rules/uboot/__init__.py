"""Scripts of U-Boot: the words for what is noted while one is followed, and who reports it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target


def findings(source: Source, target: Target) -> Iterator[Diagnostic]:
    """What U-Boot does not do that its script says."""
    from xlcfg.core.conversion import readable
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.rules.messages import rule_of, words
    from xlcfg.source.uboot import outcome

    for note in outcome(source, target.board).notes:
        facts = {name: readable(fact) for name, fact in note.facts.items()}
        kind = f"uboot.{note.kind}"
        code, message, help_text = words(kind, facts)
        severity = rule_of(kind).SEVERITY
        assert isinstance(severity, str)
        yield Diagnostic(code, severity, message, start=note.start, end=note.end, help=help_text)
