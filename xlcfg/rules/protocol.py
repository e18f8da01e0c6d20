"""What a rule is, and what its file holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest


class RuleFile(Protocol):
    """The file of a rule: a module with these names in it.

    Its docstring is its documentation page, in the sections *What it does*, *Why*, *Example* (an
    input that the rule reports) and *Fix* (the same input without the mistake).  The tests run
    both.  `python -m xlcfg.rules.build` refuses a file that lacks one of these.

    What finds the mistake stands in the file too, in one of three forms:

    * `check(guest)` (a `Rule`) looks at guests, `check(replay)` at replayed traces, and
      `claims(guest)` with `finding(...)` at what guests take from each other;
    * `KINDS = {kind: (message, help)}` are the words for what the model of xl, of xl.conf or of the
      boot line notes under these kinds; both are templates for `str.format` with its facts;
      `FIXES = {kind: function}` has what makes a `Fix`, or None, of a guest and what was noted;
    * `MESSAGES`, in the same form, are those for what the reader reports.
    """

    #: stable code, for example "XL101"
    CODE: str
    #: short name in kebab case, for example "unknown-key"
    NAME: str
    #: one line about what it finds
    SUMMARY: str
    #: "error", "warning" or "info"; a tuple of those its findings can have, worst first
    SEVERITY: str | tuple[str, ...]
    #: "safe", "unsafe", or "" when its findings have no fix; ("safe", "unsafe") when that depends
    FIX: str | tuple[str, ...]


class Rule(Protocol):
    """A rule that looks at guests: usually the module of a `RuleFile`.

    Plugins may leave `SEVERITY` and `FIX` out.

    A rule about the files of some toolstacks only has a tuple `TOOLSTACKS` with their names
    (`guest.toolstack`); without it, it is asked about every guest. One about files as a whole,
    beside the guests in them, has a tuple `FILES` with their kinds, `check_file(source, target)`
    and an empty `TOOLSTACKS`.
    """

    CODE: str
    NAME: str
    SUMMARY: str

    def check(self, guest: Guest) -> Iterable[Diagnostic]:
        """The findings in one guest, in any order."""
        ...


class KindFile(RuleFile, Protocol):
    """The file of a rule about what a model notes."""

    #: kind: (message, help), templates for `str.format`
    KINDS: Mapping[str, tuple[str, str]]
