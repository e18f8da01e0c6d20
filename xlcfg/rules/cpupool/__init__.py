"""Configs of cpupools, which `xl cpupool-create` reads with the parser of guest configs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


def findings(pool: Guest) -> Iterator[Diagnostic]:
    """What xl refuses in the config of a cpupool."""
    from xlcfg.rules.cpupool import cp201_unknown_scheduler
    from xlcfg.rules.keys import xl105_overwritten_setting

    yield from xl105_overwritten_setting.check(pool)
    yield from cp201_unknown_scheduler.check(pool)
