"""Where the documentation site explains a finding."""

from __future__ import annotations

#: where `mkdocs build` of a release is served
SITE = "https://xlcfg.github.io/xlcfg/"

#: the families of codes that have pages there; plugins choose others
_FAMILIES = frozenset(("BL", "DT", "IG", "IO", "LV", "PL", "RS", "RT", "XA", "XC", "XL"))


def url(code: str) -> str | None:
    """The address of a code's page; None for the codes of plugins."""
    return f"{SITE}rules/{code}/" if code[:2] in _FAMILIES and code[2:].isdigit() else None
