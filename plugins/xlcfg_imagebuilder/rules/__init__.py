"""Rules about configs of ImageBuilder: what it, or bash for it, makes of its settings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def load() -> list[ModuleType]:
    """The rules, in the order of their codes."""
    from xlcfg_imagebuilder.rules import (
        ib101_unknown_setting,
        ib102_index_out_of_range,
        ib103_guest_without_kernel,
        ib104_nothing_to_start,
        ib105_uncountable_setting,
        ib106_contradicting_settings,
        ib107_missing_setting,
        ib108_not_shell,
        ib109_colors_of_drafts,
        ib110_unknown_word,
    )

    return [
        ib101_unknown_setting,
        ib102_index_out_of_range,
        ib103_guest_without_kernel,
        ib104_nothing_to_start,
        ib105_uncountable_setting,
        ib106_contradicting_settings,
        ib107_missing_setting,
        ib108_not_shell,
        ib109_colors_of_drafts,
        ib110_unknown_word,
    ]
