"""The two runstate options as catalogue entries. No released Xen has them (rule RS002)."""

from __future__ import annotations

from xlcfg.catalogue import BootParameter, GuestOption, ParameterKind, releases
from xlcfg.policy import BOOT_PARAMETER, GUEST_KEY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def options() -> list[Any]:
    """The guest key and the boot parameter."""
    runs = ((0, len(releases()) - 1),)
    said = {
        "description": "When the address of the runstate area is translated.",
        "values": ["hypercall", "update", "default", "new", "old", "1", "0"],
        "default": "the boot parameter, else hypercall on Arm and update on x86",
    }
    return [
        GuestOption(GUEST_KEY, "enum-string", runs=runs, detail=said),
        BootParameter(
            BOOT_PARAMETER, (ParameterKind("custom", ("any",), runs),), runs=runs, detail=said
        ),
    ]
