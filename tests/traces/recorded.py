"""Recordings as files, and what the plugin that reads them tells."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from xlcfg_traces.plugin import xlcfg_read_trace


def written(tmp_path: Path, *pieces: bytes | str, name: str = "log.txt") -> str:
    """The path of a file of these pieces, packed where `name` says so."""
    data = b"".join(p if isinstance(p, bytes) else p.encode() for p in pieces)
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return str(path)


def events(path: str, domain: int | None = None) -> list[dict[str, Any]]:
    """The header and the events of the boot trace that a recording gives."""
    lines = xlcfg_read_trace(path, domain)
    assert lines is not None
    return [json.loads(line) for line in lines]
