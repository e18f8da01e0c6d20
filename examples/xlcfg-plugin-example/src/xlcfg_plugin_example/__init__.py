"""The hooks this plugin answers. Nothing else of it is imported until a hook is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.core.policy import Vote
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target

#: The version of xlcfg's hooks that this plugin was written for.
XLCFG_API = 1


def xlcfg_rules() -> list[ModuleType]:
    """One rule; a rule is any object with CODE, NAME, SUMMARY and `check(guest)`."""
    from xlcfg_plugin_example import site_in_name

    return [site_in_name]


def xlcfg_policy(guest: Guest | None, target: Target) -> Vote | None:  # noqa: ARG001
    """Guests of the site `lab` run on a hypervisor that translates in the hypercall."""
    from xlcfg.core.policy import HYPERCALL, Vote

    if guest is None or not guest.name.endswith(".lab"):
        return None
    return Vote(HYPERCALL, "toolstack", "example", "guests of site lab")
