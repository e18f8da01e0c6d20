"""Configs of cpupools, which `xl cpupool-create` reads with the parser of guest configs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


def findings(pool: Guest) -> Iterator[Diagnostic]:
    """What xl refuses in the config of a cpupool, and what it passes over."""
    from xlcfg.rules.cpupool import (
        cp101_unknown_pool_key,
        cp201_unknown_scheduler,
        cp202_pool_cpus_refused,
        cp203_pool_without_node,
        cp204_pool_exists,
        cp205_pool_setting_ignored,
    )
    from xlcfg.rules.keys import xl105_overwritten_setting, xl106_append_before_4_13

    for rule in (
        xl105_overwritten_setting,
        xl106_append_before_4_13,
        cp101_unknown_pool_key,
        cp201_unknown_scheduler,
        cp202_pool_cpus_refused,
        cp203_pool_without_node,
        cp204_pool_exists,
        cp205_pool_setting_ignored,
    ):
        yield from rule.check(pool)
