"""Fixes of whole settings: another name, another line, none at all."""

from __future__ import annotations

import re
from bisect import bisect_left

from xlcfg.core.diagnostics import Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting

_BLANKS_BEHIND = re.compile(r"[ \t]*")
_SEMICOLON_BEHIND = re.compile(r"[ \t]*;[ \t]*")


def rename(guest: Guest, name: str, new: str) -> Fix | None:
    """Calls all settings of a name by another one; not when that is already set.

    xl then reads lines it ignored, so no such fix is safe.
    """
    if new in guest.settings.by_name:
        return None
    edits = [
        (setting.start, setting.name_end, new.encode("latin-1"))
        for setting in guest.document.settings
        if setting.name == name
    ]
    return Fix(f"call it `{new}`, which xl reads: the line takes effect then", False, edits)


def rewrite(guest: Guest, name: str, line: str) -> Fix | None:
    """Writes `line` in place of the one setting of a name that counts."""
    setting = guest.settings.by_name[name]
    if setting.op != "=" or line.partition(" ")[0] in guest.settings.by_name:
        return None
    safe = not _comments_in(guest, setting)
    return Fix(f"write {line}", safe, [(setting.start, setting.end, line.encode("latin-1"))])


def delete(guest: Guest, setting: Setting, title: str) -> Fix:
    """Takes a setting away, with its line when nothing else is on it.

    Comments behind it stay; those inside its list go, which makes the fix unsafe.
    """
    text = guest.source.text
    safe = not _comments_in(guest, setting)
    start, end = setting.start, setting.end
    behind = _SEMICOLON_BEHIND.match(text, end)
    if behind is not None:
        return Fix(title, safe, [(start, behind.end(), b"")])
    blanks = _BLANKS_BEHIND.match(text, end)
    after = blanks.end() if blanks else end
    margin = text.rfind("\n", 0, start) + 1
    if not text[margin:start].strip(" \t"):
        start = margin
        if text.startswith("\n", after):
            end = after + 1
        elif text.startswith("#", after) or after == len(text):
            end = after
    return Fix(title, safe, [(start, end, b"")])


def _comments_in(guest: Guest, setting: Setting) -> bool:
    comments = guest.document.comments
    at = bisect_left(comments, (setting.start, 0))
    return at < len(comments) and comments[at][0] < setting.end
