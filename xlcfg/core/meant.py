"""What was probably meant by a word that nobody knows."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Letters that are taken for digits, in capitals.
_LOOKALIKE = str.maketrans("OILSZB", "011528")


def closest(word: str, words: Iterable[str], likeness: float = 0.7) -> str:
    """The one of `words` that is like `word` in any case, or "".

    `likeness` is how much of both has to be the same, 0 to 1.
    """
    from difflib import get_close_matches

    by_lower = {one.lower(): one for one in words}
    near = get_close_matches(word[:100].lower(), by_lower, 1, likeness)
    return by_lower[near[0]] if near else ""


def meant(word: str, words: Iterable[str]) -> str:
    """` (did you mean ...?)` for the one of `words` that is like `word` in any case, or ""."""
    near = closest(word, words)
    return f" (did you mean `{near}`?)" if near else ""


def code_meant(word: str, codes: Iterable[str], names: Iterable[str]) -> str:
    """The same for a word that is neither a code nor the name of a rule."""
    known = {code.upper(): code for code in codes}
    typed = word[:100].upper()
    for one in (typed, typed[:2] + typed[2:].translate(_LOOKALIKE)):
        for end in range(len(one), 3, -1):
            if one[:end] in known:
                return f" (did you mean `{known[one[:end]]}`?)"
    return meant(word, names) or meant(word, known.values())
