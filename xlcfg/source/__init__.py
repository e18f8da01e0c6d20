"""Bytes in: one input with its display path, and how offsets become lines and columns."""

from xlcfg.core.source import Position, Source

__all__ = ["Position", "Source"]
