"""What Xen makes of its boot parameters."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.check import Boot, Context
    from xlcfg.diagnostics import Diagnostic


def findings(boot: Boot, context: Context) -> Iterator[Diagnostic]:  # noqa: ARG001
    yield from ()
