"""Data files of packages: they lie in folders, or in the one file of a zipapp."""

from __future__ import annotations

import os
import sys


def read(package: str, *path: str) -> bytes:
    """A file below the folder of `package`, which is imported: `read("xlcfg.model", "a.json")`.

    Raises OSError where there is no such file.
    """
    spec = sys.modules[package].__spec__
    assert spec is not None
    assert spec.origin is not None
    found: bytes = spec.loader.get_data(  # type: ignore[union-attr]  # every loader of files has it
        os.path.join(os.path.dirname(spec.origin), *path)
    )
    return found
