"""Files of this tree that are made from others: writes them, or tells which are stale."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def keep(files: Mapping[Path, str], command: str, argv: list[str] | None = None) -> int:
    """Write the texts to their files where they differ; with `--check` in `argv`, tell of it.

    `command` is what a reader has to run, `argv` the arguments (default: of this process). Returns
    1 when `--check` found a stale file.
    """
    check = "--check" in (sys.argv[1:] if argv is None else argv)
    stale = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if check:
            print(f"{path}: stale, run `{command}`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            print(f"wrote {path}")
    return int(check and bool(stale))
