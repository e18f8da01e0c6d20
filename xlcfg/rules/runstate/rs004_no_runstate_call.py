"""A guest of an architecture where Xen has no runstate call.

What it does
------------
Says of a guest for RISC-V, PowerPC or another architecture that is neither x86 nor Arm that there
is no runstate translation policy for it.

Why
---
Xen has the runstate call on x86 and Arm. Elsewhere there is no area whose address could be
translated, and neither architecture's default says anything about such a guest.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type arch='riscv64'>hvm</type></os>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type arch='x86_64'>hvm</type></os>
    </domain>
"""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, Diagnostic
from xlcfg.policy import has_runstate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "RS004"
NAME = "no-runstate-call"
SUMMARY = "Xen has no runstate call on the guest's architecture"
SEVERITY = "info"
FIX = ""
#: shown by `xlcfg policy` too
POLICY = True


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, about the whole guest."""
    arch = guest.target.arch
    if not has_runstate(arch):
        yield no_call(arch, "this guest")


def no_call(arch: str, whom: str = "any guest") -> Diagnostic:
    """What there is to say of an architecture instead of a policy."""
    return Diagnostic(CODE, INFO, f"Xen has no runstate call on {arch}: no policy holds for {whom}")
