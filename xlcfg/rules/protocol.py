"""What a rule is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


class Rule(Protocol):
    """A rule: usually a module with these names in it.

    Its docstring is its documentation page, in the sections *What it does*, *Why*, *Example* (a
    config that the rule speaks about) and *Fix* (the same config, mended).  The tests run both.

    A rule about the files of some toolstacks only has a tuple `TOOLSTACKS` with their names
    (`guest.toolstack`); without it, it is asked about every guest.
    """

    #: stable code, for example "XL101"
    CODE: str
    #: short name in kebab case, for example "unknown-key"
    NAME: str
    #: one line about what it finds
    SUMMARY: str

    def check(self, guest: Guest) -> Iterable[Diagnostic]:
        """The findings in one guest, in any order."""
        ...
