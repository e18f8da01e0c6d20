"""Findings out: text for people, and the forms that other programs read.

One module per format, with `render(result) -> str`; it may say `FIXES = True` (it shows what fixes
change, so they are worked out) and `FOR_PEOPLE = True` (it is read on a terminal).
"""

from __future__ import annotations

#: format name -> module, which is named after it. Help, completion and plugins take them from here.
FORMATS = {
    name: f"xlcfg.report.{name.replace('-', '_')}"
    for name in (
        "text",
        "concise",
        "json",
        "json-lines",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
    )
}


def says(name: str | None, what: str) -> bool:
    """Whether the module of a format says `what`: "FIXES" or "FOR_PEOPLE". Plugins' say nothing."""
    if name not in FORMATS:
        return False
    from xlcfg.core import load_module

    return bool(getattr(load_module(FORMATS[name]), what, False))
