"""A whole source tree against the catalogue."""

from __future__ import annotations

from pathlib import Path

from xlcfg.catalogue.drift import Report, boot, guests, line_of, trees, version_of
from xlcfg.catalogue.drift.source import Tree


def drift(tree: Path, release: str = "") -> Report:
    """Everything that differs; `release` is the line to hold it against, by default the tree's."""
    version = version_of(tree)
    release = release or line_of(version)
    read = Tree(tree, version)
    found = [*boot.found(read, release), *guests.found(read, release), *trees.found(read, release)]
    return Report(str(tree), version, release, sorted(set(found)))
