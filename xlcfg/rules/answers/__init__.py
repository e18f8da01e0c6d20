"""What a host answers: the log of its hypervisor, `xl info`, and the domains that run."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


def about_host(guest: Guest) -> Iterator[Diagnostic]:
    """What of a guest the described host, or the one with this boot line, cannot give."""
    if guest.target.host is not None:
        from xlcfg.rules.answers import xh111_host_cannot_run_it, xh112_more_memory_than_host

        yield from xh111_host_cannot_run_it.check(guest)
        yield from xh112_more_memory_than_host.check(guest)
    if guest.settings.get("altp2m") or guest.settings.get("altp2mhvm"):
        from xlcfg.rules.answers import xh113_altp2m_not_enabled

        yield from xh113_altp2m_not_enabled.check(guest)
