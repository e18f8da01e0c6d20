"""Which findings count, by their codes."""

from __future__ import annotations

from xlcfg.core.diagnostics import SEVERITIES


class CodeSelection:
    """The codes that count: `select` (none given: all), `ignore`, and `extend`.

    Each holds beginnings of codes, in capitals; what words mean them says `xlcfg.checks.codes`.
    """

    __slots__ = ("extend", "ignore", "select")

    def __init__(
        self,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        extend: tuple[str, ...] = (),
    ) -> None:
        self.select = select
        self.ignore = ignore
        self.extend = extend

    def keeps(self, code: str) -> bool:
        """Whether a code counts; of the prefixes that fit, the longest decides, select on a tie."""
        code = code.upper()
        wanted = max(_longest(code, self.select), _longest(code, self.extend))
        unwanted = _longest(code, self.ignore)
        if wanted < 0 and unwanted < 0:
            return not self.select
        return wanted >= unwanted


def _longest(code: str, prefixes: tuple[str, ...]) -> int:
    return max((len(p) for p in prefixes if code.startswith(p)), default=-1)


def at_least(severity: str, level: str) -> bool:
    """Whether a severity is as bad as `level` or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(level)
