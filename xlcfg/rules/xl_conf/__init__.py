"""What xl makes of xl.conf: pages, and the checker that reports it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


def findings(conf: Guest) -> Iterator[Diagnostic]:
    """What xl refuses or ignores in an xl.conf, which is parsed just like a guest config."""
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.xl.kinds import fill
    from xlcfg.model.xl_conf import KINDS, read_conf
    from xlcfg.rules._index import KINDS as CODES
    from xlcfg.rules.keys import (
        xl105_overwritten_setting,
        xl106_append_before_4_13,
        xl107_nested_list_before_4_6,
    )
    from xlcfg.rules.reading import SEVERITY

    yield from xl105_overwritten_setting.check(conf)
    yield from xl106_append_before_4_13.check(conf)
    yield from xl107_nested_list_before_4_6.check(conf)
    for outcome in read_conf(conf.settings, conf.target.release).outcomes:
        _, message, cure = KINDS[outcome.kind]
        yield Diagnostic(
            CODES[outcome.kind],
            SEVERITY[outcome.effect],
            fill(message, outcome),
            start=outcome.start,
            end=outcome.end,
            help=fill(cure, outcome),
        )
