"""Figures as people write them."""

from __future__ import annotations


def duration(ns: int) -> str:
    """Nanoseconds for people: `1.25 s`, `20.4 ms`, `130 us`."""
    size = abs(ns)
    for limit, name in ((10**9, "s"), (10**6, "ms"), (10**3, "us")):
        if size >= limit:
            return f"{ns / limit:.3g} {name}" if size < 1000 * limit else f"{ns // limit} {name}"
    return f"{ns} ns"


def share(part: int, whole: int) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * part / whole:.1f} %" if whole else "0 %"


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 update`, `3 updates`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
