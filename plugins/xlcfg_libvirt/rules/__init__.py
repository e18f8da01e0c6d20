"""Rules about domain XML: what libvirt refuses, and what it passes over.

Their examples are XML. `guest.origin` is the domain's `xlcfg_libvirt.xml.Element`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def load() -> list[ModuleType]:
    """The rules, in the order of their codes."""
    from xlcfg_libvirt.rules import (
        lv001_not_xml,
        lv101_no_name,
        lv102_bad_event_action,
        lv103_bad_size,
        lv104_misspelt_element,
        lv105_disk_without_target,
        lv106_policy_without_value,
        lv107_metadata_policies_differ,
    )

    return [
        lv001_not_xml,
        lv101_no_name,
        lv102_bad_event_action,
        lv103_bad_size,
        lv104_misspelt_element,
        lv105_disk_without_target,
        lv106_policy_without_value,
        lv107_metadata_policies_differ,
    ]
