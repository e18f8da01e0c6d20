"""What Xen makes of its boot line: `read_boot_line` says it word by word."""

from __future__ import annotations

from xlcfg.model.boot.line import BootLine, BootWord, Finding
from xlcfg.model.boot.reader import ARCHITECTURES, read_boot_line

__all__ = ["ARCHITECTURES", "BootLine", "BootWord", "Finding", "read_boot_line"]
