"""Where the documentation site explains a finding."""

from __future__ import annotations

from xlcfg.rules._index import FAMILIES

#: where `mkdocs build` of a release is served
SITE = "https://xlcfg.github.io/xlcfg/"


def url(code: str) -> str | None:
    """The address of a code's page; None for the codes of plugins."""
    known = any(code in codes for codes in FAMILIES.values())
    return f"{SITE}rules/{code}/" if known else None
