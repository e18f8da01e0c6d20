"""A placeholder inside quotes.

What it does
------------
Reports `{{ name }}` and `${NAME}` inside strings: once in a file, with the other places. What else
xl would make of such a string is not told, unless xl refuses it.

Why
---
The file is a template, or the tool that should have filled it in did not. xl has no variables and
takes the text as it is: a guest called `{{ name }}`, a disk under that path.

Example
-------
    name = "{{ name }}"
    kernel = "/boot/vmlinuz"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Value

CODE = "XL113"
NAME = "quoted-placeholder"
SUMMARY = "a placeholder inside quotes was never filled in"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("xl",)

#: no more places than that are shown
_SHOWN = 20


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding, at the first string with a placeholder."""
    if guest.document.refused:
        return
    found = strings(guest)
    if found:
        (start, end), others = found[0], found[1:_SHOWN]
        yield Diagnostic(
            CODE,
            WARNING,
            "a placeholder was never filled in: xl takes it as it is",
            start=start,
            end=end,
            help="run the tool that fills it in, and check the file it makes",
            related=tuple((at, stop, "another one") for at, stop in others),
        )


def strings(guest: Guest) -> list[tuple[int, int]]:
    """Where the strings with a placeholder are."""
    data = guest.source.data
    if b"{{" not in data and b"${" not in data:
        return []
    from re import compile as compiled

    placeholder = compiled(r"\{\{[^{}\n]+\}\}|\$\{\w+\}")
    found: list[tuple[int, int]] = []
    pending: list[Value] = [setting.value for setting in reversed(guest.document.settings)]
    while pending:
        value = pending.pop()
        if value.is_list:
            pending.extend(reversed(value.items))
        elif placeholder.search(value.text):
            found.append((value.start, value.end))
    return found
