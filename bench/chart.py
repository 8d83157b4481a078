"""The figures as one picture: a bar for each contender, on a logarithmic scale of each figure's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench.figure import Figure, Side

_WIDTH = 860
_LEFT = 330
_BAR = 16
_GAP = 6
_TITLE = 34
_DECADES = 4
"""The scale's length: what is ten thousand times smaller than the largest has no length left."""
_COLOURS = {"ours": "#0b6e4f", "reference": "#9aa5b1", "durable peer": "#3d6fb4", "peer": "#a9c1e4"}


def chart(figures: Sequence[Figure]) -> str:
    """An SVG of its own, readable in light and dark pages."""
    drawn, top = [], 10
    for figure in figures:
        drawn += list(_figure(figure, top))
        top += _TITLE + len(figure.sides) * (_BAR + _GAP)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}" '
            'font-family="sans-serif" font-size="12">',
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _figure(figure: Figure, top: int) -> Iterator[str]:
    better = "more is better" if figure.more_is_better else "less is better"
    title = f"{figure.name}, {figure.unit} ({better}, logarithmic)"
    yield f'<text x="10" y="{top + 20}" font-weight="bold">{escape(title)}</text>'
    most = max(side.median for side in figure.sides)
    for number, side in enumerate(figure.sides):
        yield from _side(side, most, top + _TITLE - 6 + number * (_BAR + _GAP))


def _side(side: Side, most: float, top: int) -> Iterator[str]:
    share = max(0.01, 1 + math.log10(side.median / most) / _DECADES)
    length = round(share * (_WIDTH - _LEFT - 90))
    value = f"{side.median:,.0f}" if side.median >= 100 else f"{side.median:.3g}"
    yield f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(side.name)}</text>'
    yield f'<rect x="{_LEFT}" y="{top}" width="{length}" height="{_BAR}" fill="{_COLOURS[side.kind]}"/>'
    yield f'<text x="{_LEFT + length + 6}" y="{top + 12}">{value}</text>'
