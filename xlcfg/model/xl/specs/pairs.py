"""xl's two helpers that cut a string into a list and into a pair.

The list helper dies on a text without any word.  The pair helper is `strtok` twice up to 4.17 and
a cut at the first delimiter since.
"""

from __future__ import annotations

from xlcfg.model.xl.ctext import SPACE, strtok


def cut(text: str, delimiters: str) -> list[tuple[int, str]]:
    """The words with their offsets; empty means that xl crashes."""
    return strtok(text, delimiters)


def pair(text: str, delimiter: str, minor: int, trim: bool) -> tuple[str, str] | None:
    """The two halves; None when xl refuses the text."""
    if minor < 18:
        found = strtok(text, delimiter)
        if len(found) < 2:
            return None
        left, right = found[0][1], found[1][1]
    else:
        left, mark, right = text.partition(delimiter)
        if not mark or not right:
            return None
    return (left.strip(SPACE), right.strip(SPACE)) if trim else (left, right)
