"""The learning curve of a run as a picture: loss and dev loss over target pieces seen."""

import json
from collections.abc import Sequence
from pathlib import Path

from glossary.files import write_atomic

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 360, 56, 16, 28, 40
_COLOURS = {"loss": "#8aa4c8", "dev_loss": "#b3261e"}
_NAMES = {"loss": "training loss", "dev_loss": "dev loss, averaged weights"}


def draw(log: Path, picture: Path) -> None:
    """Draw the SVG of a log.jsonl; nothing where fewer than two points are logged."""
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    lines = {
        name: [(row["tokens"] / 1e6, row[name]) for row in rows if row[name] is not None]
        for name in _COLOURS
    }
    points = [point for line in lines.values() for point in line]
    if len({x for x, _ in points}) > 1:
        write_atomic(picture, _svg(lines, points))


def _svg(lines: dict[str, list[tuple[float, float]]], points: Sequence[tuple[float, float]]) -> str:
    right = max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    low, high = low - 0.05 * (high - low) - 1e-3, high + 0.05 * (high - low) + 1e-3

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - _RIGHT) * x / right
        down = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - y) / (high - low)
        return round(across, 1), round(down, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for step in range(6):
        value = low + (high - low) * step / 5
        _, y = place(0, value)
        parts.append(f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#e3e3e3"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{value:.2f}</text>')
        x, _ = place(right * step / 5, low)
        parts.append(
            f'<text x="{x}" y="{_HEIGHT - 22}" text-anchor="middle">{right * step / 5:.3g}</text>'
        )
    parts.append(
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" text-anchor="middle">million target pieces</text>'
    )
    for at, (name, line) in enumerate(lines.items()):
        path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in line))
        colour = _COLOURS[name]
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{_LEFT + 8 + 150 * at}" y="18" fill="{colour}">{_NAMES[name]}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
