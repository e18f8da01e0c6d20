"""The lines of a trace by what is left of them without their time; made from `_lines.c`, which only
compiled wheels have.
"""

from xlcfg.emulator.machine import Call

class LineTable:
    """What is known of lines."""

    def look_up(self, block: bytes) -> tuple[list[Call | bytes], list[int | None]] | None:
        """Of each line of a block what was put for it, and its time, if it has one; else the line
        itself, and None. None for a block with a NUL in it, which no key may have from outside.

        A key is the line with a NUL in the place of the `"t": number` that `feed.py` cuts out.
        Lines with two of them are never known, and very long ones. `block` ends with a newline.
        """

    def put(self, key: bytes, call: Call) -> None:
        """Remember a line. It may be forgotten at any time."""

    def clear(self) -> None:
        """Forget all lines."""
