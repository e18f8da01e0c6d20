"""Rules about domain nodes: what Xen panics over, ignores, or takes otherwise than written.

Their examples are device tree source. `guest.origin` is an `xlcfg_dom0less.domain.Origin`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def load() -> list[ModuleType]:
    """The rules, in the order of their codes."""
    from xlcfg_dom0less.rules import (
        dt101_missing_property,
        dt102_unknown_property,
        dt103_property_of_other_release,
        dt104_value_without_effect,
        dt105_flag_with_zero,
        dt106_panic,
        dt107_missing_kernel,
        dt108_module_without_reg,
        dt109_vcpu_count,
        dt110_grant_version,
        dt111_sve_length,
        dt112_llc_colors,
        dt113_vcpu_node,
        dt114_static_memory,
        dt115_refused_word,
        dt116_several_policies,
        dt117_vcpus_without_room,
        dt118_interrupt_count,
        dt119_memory_amount,
        dt120_no_page_table_memory,
        dt121_xenstore_without_dom0,
        dt122_empty_kernel,
        dt123_line_too_long,
    )

    return [
        dt101_missing_property,
        dt102_unknown_property,
        dt103_property_of_other_release,
        dt104_value_without_effect,
        dt105_flag_with_zero,
        dt106_panic,
        dt107_missing_kernel,
        dt108_module_without_reg,
        dt109_vcpu_count,
        dt110_grant_version,
        dt111_sve_length,
        dt112_llc_colors,
        dt113_vcpu_node,
        dt114_static_memory,
        dt115_refused_word,
        dt116_several_policies,
        dt117_vcpus_without_room,
        dt118_interrupt_count,
        dt119_memory_amount,
        dt120_no_page_table_memory,
        dt121_xenstore_without_dom0,
        dt122_empty_kernel,
        dt123_line_too_long,
    ]
