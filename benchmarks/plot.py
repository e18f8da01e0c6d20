"""Draws how time and memory grow with the number of inputs: one SVG, both axes logarithmic."""

from __future__ import annotations

import statistics
from math import log10
from pathlib import Path

from benchmarks.measure import Cost

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 300, 200, 46, 22, 34
_FONT = 'font-family="sans-serif" font-size="11"'
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000")


def write(path: Path, costs: dict[str, list[Cost]]) -> None:
    """Two panels, CPU seconds and MiB. The runs are called "WHAT NUMBER"; WHATs become lines."""
    lines: dict[str, list[tuple[int, float, float]]] = {}
    for name, runs in costs.items():
        what, _, number = name.rpartition(" ")
        cpu = statistics.median(run.cpu for run in runs)
        memory = statistics.median(run.memory for run in runs) / 1024
        lines.setdefault(what, []).append((int(number), cpu, memory))
    width = 2 * (_WIDTH + _LEFT) + 20
    height = _TOP + _HEIGHT + _BOTTOM + 16 * len(lines)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for panel, title in enumerate(("CPU seconds", "MiB, largest process")):
        out += _panel(_LEFT + panel * (_WIDTH + _LEFT + 10), title, lines, panel + 1)
    for row, (what, color) in enumerate(zip(lines, _COLORS, strict=False)):
        y = _TOP + _HEIGHT + _BOTTOM + 12 + 16 * row
        out.append(f'<path d="M{_LEFT} {y - 4}h24" stroke="{color}" stroke-width="2"/>')
        out.append(f'<text x="{_LEFT + 30}" y="{y}">{what}</text>')
    path.write_text("\n".join([*out, "</svg>"]) + "\n", encoding="utf-8")


def _panel(
    left: int, title: str, lines: dict[str, list[tuple[int, float, float]]], field: int
) -> list[str]:
    points = [point for line in lines.values() for point in line]
    xs = [log10(point[0]) for point in points]
    ys = [log10(point[field]) for point in points]
    low, high = int(min(ys) // 1), int(-(-max(ys) // 1))
    high = max(high, low + 1)
    first, last = min(xs), max(max(xs), min(xs) + 1)

    def x(value: float) -> float:
        return round(left + (value - first) / (last - first) * _WIDTH, 1)

    def y(value: float) -> float:
        return round(_TOP + (high - value) / (high - low) * _HEIGHT, 1)

    out = [f'<text x="{left}" y="{_TOP - 8}">{title}</text>']
    for power in range(low, high + 1):
        out.append(f'<path d="M{left} {y(power)}h{_WIDTH}" stroke="#ddd"/>')
        out.append(
            f'<text x="{left - 4}" y="{y(power) + 4}" text-anchor="end">{10.0**power:g}</text>'
        )
    for power in range(int(-(-first // 1)), int(last) + 1):
        out.append(f'<path d="M{x(power)} {_TOP}v{_HEIGHT}" stroke="#ddd"/>')
        label = f'<text x="{x(power)}" y="{_TOP + _HEIGHT + 16}" text-anchor="middle">10'
        out.append(f'{label}<tspan dy="-4" font-size="8">{power}</tspan></text>')
    for line, color in zip(lines.values(), _COLORS, strict=False):
        path = " ".join(f"{x(log10(p[0]))},{y(log10(p[field]))}" for p in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
    return out
