"""What the words mean that choose findings: codes, their beginnings, and the names of rules.

Options, settings of projects, comments, baselines and editors all ask here.
"""

from __future__ import annotations

from xlcfg.core.errors import SettingsError
from xlcfg.rules._index import CODES, FAMILIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlcfg.hooks import Hooks


class UnknownCodeError(SettingsError):
    """A word that is no code, no beginning of codes and no rule's name; the message has a guess."""


class Codes:
    """The codes and names of every rule that takes part in a run, or may yet; without hooks, of
    the rules of xlcfg itself.

    Plugins and toolstacks that wait for files of their own are asked when a word is not known
    without them; they do not join the run by that.
    """

    def __init__(self, hooks: Hooks | None = None) -> None:
        self._hooks = hooks
        self._codes: set[str] = {code for group in FAMILIES.values() for code in group}
        self._names: dict[str, str] = {name: code for code, (_, name, _) in CODES.items()}
        self._failed = ""

    def prefixes(self, words: Iterable[str]) -> tuple[str, ...]:
        """As `prefix`, for each word."""
        return tuple(map(self.prefix, words))

    def prefix(self, word: str) -> str:
        """The beginning, in capitals, of the codes that a word means: "" for ALL.

        The name of a rule means its code. Raises UnknownCodeError.
        """
        word = word.strip()
        if word.upper() == "ALL":
            return ""
        found = self._find(word)
        if found is None and self._hooks is not None:
            hooks, self._hooks = self._hooks, None
            self._ask_everybody(hooks.everybody())
            found = self._find(word)
        if found is None:
            raise UnknownCodeError(self._unknown(word))
        return found

    def unknown(self, words: Iterable[str]) -> Iterator[str]:
        """What is wrong with each word that is not known."""
        for word in words:
            try:
                self.prefix(word)
            except UnknownCodeError as error:
                yield str(error)

    def _find(self, word: str) -> str | None:
        code = word.upper()
        if code and any(one.startswith(code) for one in self._codes):
            return code
        return self._names.get(word.lower())

    def _ask_everybody(self, hooks: Hooks) -> None:
        own = frozenset(self._codes)
        for answer in hooks.all("xlcfg_rules"):
            for rule in answer:
                code = rule.CODE.upper()
                # what reads guests for many rules at once is no rule to choose
                if code in own or hooks.plugin_of(rule) != "xlcfg":
                    self._codes.add(code)
                    self._names.setdefault(rule.NAME.lower(), code)
        if hooks.failures:
            failure = hooks.failures[0]
            self._failed = f"; plugin {failure.plugin} failed in {failure.hook}: {failure.error}"
        elif not hooks.wanted:
            self._failed = "; plugins are left out"

    def _unknown(self, word: str) -> str:
        from xlcfg.core.meant import code_meant
        from xlcfg.core.screen import safe

        shown = safe(word if len(word) <= 60 else word[:57] + "...")
        hint = code_meant(word, self._codes, self._names)
        more = "" if hint else "; `xlcfg explain all` lists them"
        return f"there is no code '{shown}'{hint}{more}{self._failed}"
