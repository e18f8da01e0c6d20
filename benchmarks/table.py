"""The figures of a run as a table in Markdown, put into docs/performance.md between two marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

BEGIN, END = "<!-- benchmarks/run --docs writes this -->", "<!-- up to here -->"

_FIELDS = {"cpu": "CPU", "wall": "wall", "memory": "memory"}


class Row(Protocol):
    """What a table shows of a figure."""

    @property
    def name(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def ratio(self) -> object: ...
    @property
    def better(self) -> str: ...
    @property
    def target(self) -> float | None: ...
    @property
    def met(self) -> bool: ...


def markdown(figures: Iterable[Row], about: str) -> str:
    """A row for each figure; `about` is one line on the machine and the run."""
    lines = [
        about,
        "",
        "| ours : theirs | of | median (quartiles) | aimed at |",
        "|---|---|---|---|",
    ]
    for figure in figures:
        sign = {"<=": "at most", ">=": "at least"}[figure.better]
        aim = "" if figure.target is None else f"{sign} {figure.target:.3g}"
        aim += "" if figure.met else ", missed"
        field = _FIELDS[figure.field]
        lines.append(f"| {figure.name} | {field} | {figure.ratio} | {aim} |")
    return "\n".join(lines) + "\n"


def put(path: Path, table: str) -> None:
    """Write a table in the place of the last. ValueError where the marks are not in the page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{path}: the marks of the table are not there")
    path.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}", encoding="utf-8")
