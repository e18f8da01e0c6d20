"""One VM: its fields and their places, by xapi's names."""

from __future__ import annotations


class Field:
    """A value: its text, the places of name and value in the file."""

    __slots__ = ("end", "name_end", "name_start", "start", "text")

    def __init__(self, text: str, name: tuple[int, int], value: tuple[int, int]) -> None:
        self.text = text
        self.name_start, self.name_end = name
        self.start, self.end = value


class Record:
    """One VM: `fields` by name, `maps` the fields that are maps."""

    __slots__ = ("fields", "maps", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.fields: dict[str, Field] = {}
        self.maps: dict[str, dict[str, Field]] = {}
