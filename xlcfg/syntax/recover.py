"""Finds every mistake of a config that libxlutil refuses, each at its true place."""

from __future__ import annotations

from xlcfg.syntax.guest import Aborts
from xlcfg.syntax.tree import Document, Problem


def recover(text: str, stop: Exception) -> Document:
    """The document of a refused text, with its problems."""
    document = Document()
    document.aborts = isinstance(stop, Aborts)
    offset: int = getattr(stop, "offset", 0)
    document.problems.append(Problem("XL001", str(stop), "", offset, min(offset + 1, len(text))))
    return document
