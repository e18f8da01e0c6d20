"""What xl makes of xl.conf: the words for it, and the checker that reports it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


def findings(conf: Guest) -> Iterator[Diagnostic]:
    """What xl refuses or ignores in an xl.conf, which is parsed just like a guest config."""
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.xl_conf import read_conf
    from xlcfg.rules.keys import (
        xl105_overwritten_setting,
        xl106_append_before_4_13,
        xl107_nested_list_before_4_6,
    )
    from xlcfg.rules.reading import SEVERITIES, outcome_words

    yield from xl105_overwritten_setting.check(conf)
    yield from xl106_append_before_4_13.check(conf)
    yield from xl107_nested_list_before_4_6.check(conf)
    for outcome in read_conf(conf.settings, conf.target.release).outcomes:
        code, message, help_text = outcome_words(outcome)
        yield Diagnostic(
            code,
            SEVERITIES[outcome.effect],
            message,
            start=outcome.start,
            end=outcome.end,
            help=help_text,
        )
