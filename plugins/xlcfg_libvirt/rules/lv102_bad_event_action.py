"""An event action that libvirt does not know.

What it does
------------
Reports `<on_poweroff>`, `<on_reboot>` and `<on_crash>` with something else than libvirt takes.

Why
---
libvirt refuses to define the domain. Only `<on_crash>` has the core dumps, and the soft reset of
xl has no name here.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <on_reboot>reboot</on_reboot>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <on_reboot>restart</on_reboot>
    </domain>
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg_libvirt.names import CRASH_ACTIONS, EVENT_ACTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV102"
NAME = "bad-event-action"
SUMMARY = "libvirt does not know what shall become of the guest"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("libvirt",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per event, at its action."""
    for event in ("on_poweroff", "on_reboot", "on_crash"):
        setting = guest.settings.get(event)
        actions = CRASH_ACTIONS if event == "on_crash" else EVENT_ACTIONS
        if setting is None or setting.value.is_list or setting.value.text in ("", *actions):
            continue
        yield Diagnostic(
            CODE,
            ERROR,
            f"libvirt knows no action `{setting.value.text}` for <{event}>",
            start=setting.value.start,
            end=setting.value.end,
            help=f"write one of {', '.join(actions)}",
        )
