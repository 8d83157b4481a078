"""What an expert draws on a photo or on a frame of a clip: vectors, so that they are small and stay sharp.

Coordinates are thousandths of width and height, from the upper left, of the picture as people see it (its orientation
applied).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

DEFAULT_COLOUR = "#e5484d"
SIDE = 1000


def as_svg(shapes: Sequence[Mapping[str, Any]]) -> str:
    """The drawing as SVG that is stretched over the picture. Shapes of kinds unknown here are left out."""
    drawn = "".join(_DRAW[shape["kind"]](shape) for shape in shapes if shape.get("kind") in _DRAW)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" preserveAspectRatio="none">'
        f"{drawn}</svg>"
    )


def _stroke(shape: Mapping[str, Any]) -> str:
    colour = quoteattr(str(shape.get("colour") or DEFAULT_COLOUR))
    return f'fill="none" stroke={colour} stroke-width="2" vector-effect="non-scaling-stroke"'


def _line(shape: Mapping[str, Any]) -> str:
    (x1, y1), (x2, y2) = shape["from"], shape["to"]
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {_stroke(shape)}/>'


def _arrow(shape: Mapping[str, Any]) -> str:
    """The line and its head; the head is a third of the line, at most 30 thousandths."""
    (x1, y1), (x2, y2) = shape["from"], shape["to"]
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
    head = min(30.0, length / 3)
    along_x, along_y = (x2 - x1) / length * head, (y2 - y1) / length * head
    back_x, back_y = x2 - along_x, y2 - along_y
    half_x, half_y = -along_y / 2, along_x / 2
    ends = (
        f"{back_x + half_x:.0f},{back_y + half_y:.0f} {x2},{y2} {back_x - half_x:.0f},{back_y - half_y:.0f}"
    )
    return _line(shape) + f'<polyline points="{ends}" {_stroke(shape)}/>'


def _corners(shape: Mapping[str, Any]) -> tuple[int, int, int, int]:
    (x1, y1), (x2, y2) = shape["from"], shape["to"]
    return min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)


def _rectangle(shape: Mapping[str, Any]) -> str:
    x, y, width, height = _corners(shape)
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" {_stroke(shape)}/>'


def _ellipse(shape: Mapping[str, Any]) -> str:
    x, y, width, height = _corners(shape)
    centre = f'cx="{x + width / 2:g}" cy="{y + height / 2:g}"'
    return f'<ellipse {centre} rx="{width / 2:g}" ry="{height / 2:g}" {_stroke(shape)}/>'


def _freehand(shape: Mapping[str, Any]) -> str:
    points = " ".join(f"{x},{y}" for x, y in shape["points"])
    return f'<polyline points="{points}" {_stroke(shape)}/>'


def _label(shape: Mapping[str, Any]) -> str:
    x, y = shape["at"]
    colour = quoteattr(str(shape.get("colour") or DEFAULT_COLOUR))
    return f'<text x="{x}" y="{y}" fill={colour} font-size="30">{escape(str(shape["text"]))}</text>'


_DRAW = {
    "line": _line,
    "arrow": _arrow,
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "freehand": _freehand,
    "label": _label,
}
KINDS = tuple(_DRAW)
