"""Drawings of pictures as SVG whose coordinates are counts.

A view is as wide as there are columns (or updates), and as high as the most updates in a column: so
areas are numbers of updates, and stretching a drawing to any size leaves their proportions alone.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from xlcfg.emulator.overview import FATES

Json = dict[str, Any]

#: The class of a fate in the page's style.
CLASSES = dict(zip(FATES, ("arrived", "caught", "torn", "lost", "none", "over"), strict=True))

#: Where a time axis has its labels.
_TICKS = 6


def bar(fates: dict[str, int], label: str) -> str:
    """One bar of all updates: each fate as long as its number."""
    at, parts = 0, []
    for fate, number in fates.items():
        parts.append(f'<rect class="{CLASSES[fate]}" x="{at}" y="0" width="{number}" height="1"/>')
        at += number
    return (
        f'<svg class="bar" viewBox="0 0 {max(at, 1)} 1" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def tallest(picture: Json) -> int:
    """The most updates in a column of a lane, of both policies."""
    sums = [
        sum(of_fate.get(column, 0) for of_fate in by_fate)
        for policy in picture["policies"].values()
        for lane in policy["lanes"]
        for by_fate in [[dict(counts) for counts in lane["fates"].values()]]
        for column in {column for of_fate in by_fate for column in of_fate}
    ]
    return max(sums, default=1)


def columns(picture: Json, lane: Json, most: int, *, down: bool, label: str) -> str:
    """A lane: a column for each span of time, as high as its updates are many, stacked by fate.

    `most` is the height of the view; with `down` the columns hang from its top.
    """
    parts = []
    base: dict[int, int] = {}
    for fate, counts in lane["fates"].items():
        edges = [
            (column, base.get(column, 0), base.get(column, 0) + number) for column, number in counts
        ]
        base.update((column, upper) for column, _, upper in edges)
        if not down:
            edges = [(column, most - lower, most - upper) for column, lower, upper in edges]
        parts.append(f'<path class="{CLASSES[fate]}" d="{_outline(edges)}"/>')
    return (
        f'<svg class="columns" viewBox="0 0 {picture["columns"]} {most}" '
        f'preserveAspectRatio="none" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def _outline(edges: list[tuple[int, int, int]]) -> str:
    """The path around columns `(place, lower edge, upper edge)`, one piece a run of neighbours.

    Neighbours share no line, where a browser that smooths edges would let the background through.
    """
    pieces = []
    for _, run in groupby(enumerate(edges), key=lambda item: item[1][0] - item[0]):
        group = [edge for _, edge in run]
        first, last = group[0][0], group[-1][0]
        text = f"M{first} {group[0][1]}"
        text += "".join(f"V{upper}H{place + 1}" for place, upper in _steps(group, upper=True))
        text += "".join(f"V{lower}H{place}" for place, lower in _steps(group[::-1], upper=False))
        assert first <= last
        pieces.append(text + "Z")
    return "".join(pieces)


def _steps(group: list[tuple[int, int, int]], *, upper: bool) -> list[tuple[int, int]]:
    """(the last place, height) of each row of columns of the same height."""
    found: list[tuple[int, int]] = []
    for place, low, high in group:
        height = high if upper else low
        if found and found[-1][1] == height:
            found[-1] = place, height
        else:
            found.append((place, height))
    return found


def failing(lane: Json) -> list[int]:
    """The columns in which an update does not arrive."""
    fates = FATES[2:]
    return sorted({column for fate in fates for column, _ in lane["fates"].get(fate, ())})


def ticks(picture: Json) -> list[tuple[float, str]]:
    """Places of round times on the axis, in per cent of its length, and what stands there."""
    start, span = picture["start"], picture["width"] * picture["columns"]
    if picture["unit"] != "ns":
        step = _round_step(span)
        first = -(-start // step) * step
        at = range(max(first, step), start + span + 1, step)
        return [(share(picture, x), f"{x:,}") for x in at]
    unit, size = next((one for one in _UNITS if span >= 2 * one[1]), _UNITS[-1])
    step = _round_step(span)
    digits = max(0, len(str(size)) - len(str(step)))
    first = -(-start // step) * step
    at = range(first, start + span + 1, step)
    return [(share(picture, x), f"{x / size:.{digits}f} {unit}") for x in at]


_UNITS = (("s", 10**9), ("ms", 10**6), ("µs", 10**3), ("ns", 1))


def _round_step(span: int) -> int:
    step = 1
    while True:
        for factor in (1, 2, 5):
            if span <= factor * step * _TICKS:
                return factor * step
        step *= 10


def share(picture: Json, x: int) -> float:
    """Where `x` is on the axis, in per cent."""
    span = picture["width"] * picture["columns"]
    place: float = 100 * (x - picture["start"]) / span
    return round(min(100.0, max(0.0, place)), 3)


def moment(picture: Json, x: int) -> str:
    """`x` in words: `11.145 s`, `line 421`."""
    if picture["unit"] != "ns":
        return f"line {x:,}"
    unit, size = next((one for one in _UNITS if x >= one[1]), _UNITS[-1])
    return f"{x / size:.3f} {unit}" if size > 1 else f"{x} ns"


def width(picture: Json) -> str:
    """How much a column is, in words."""
    if picture["unit"] != "ns":
        number = picture["width"]
        return "1 line" if number == 1 else f"{number:,} lines"
    unit, size = next((one for one in _UNITS if picture["width"] >= one[1]), _UNITS[-1])
    return f"{picture['width'] // size} {unit}"
