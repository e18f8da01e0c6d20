"""Where the documentation site explains a finding, and where Xen's sources show evidence."""

from __future__ import annotations

import re

from xlcfg.rules._index import FAMILIES

#: where `mkdocs build` of a release is served
SITE = "https://xlcfg.github.io/xlcfg/"
#: Xen's own repository
XEN = "https://xenbits.xen.org/gitweb/?p=xen.git"

_COMMIT = re.compile(r"\b[0-9a-f]{10,40}\b")
_FILE = re.compile(
    r"\b([\w.-]+(?:/[\w.-]+)+|[A-Z]+\.md) (?:last )?at (\d[\d.]*)(?: and (\d[\d.]*))?"
)


def url(code: str) -> str | None:
    """The address of a code's page; None for the codes of plugins."""
    known = any(code in codes for codes in FAMILIES.values())
    return f"{SITE}rules/{code}/" if known else None


def evidence(text: str) -> list[str]:
    """The pages of Xen's repository that evidence of an upgrade names: commits, files at tags."""
    links = [f"{XEN};a=commit;h={commit}" for commit in _COMMIT.findall(text)]
    for path, *tags in _FILE.findall(text):
        links += [f"{XEN};a=blob;f={path};hb=RELEASE-{_tag(tag)}" for tag in tags if tag]
    return links


def _tag(release: str) -> str:
    return release if release.count(".") > 1 else f"{release}.0"
