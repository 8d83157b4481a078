"""The line under a stamped photo: evidence that is read without our screens."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FONT_PACKAGE, _FONT_FILE = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"
_LEAST_SIZE = 14
_PARTS = 45
"""The letters' height, as a part of the picture's shorter side."""
_DARK, _LIGHT = (16, 16, 16), (245, 245, 245)


def stamped(picture: Image.Image, lines: Sequence[str]) -> Image.Image:
    """The picture with a strip of these lines below it: no pixel of the photo is covered."""
    size = max(_LEAST_SIZE, min(picture.size) // _PARTS)
    font = ImageFont.truetype(font_path(), size)
    margin = size // 2
    shown = [part for line in lines for part in _wrapped(line, font, picture.width - 2 * margin)]
    strip = len(shown) * round(size * 1.4) + 2 * margin
    whole = Image.new("RGB", (picture.width, picture.height + strip), _DARK)
    whole.paste(picture, (0, 0))
    drawing = ImageDraw.Draw(whole)
    for number, line in enumerate(shown):
        drawing.text((margin, picture.height + margin + number * round(size * 1.4)), line, _LIGHT, font)
    return whole


@cache
def font_path() -> str:
    """The font that has both languages' letters; it comes as a package and nothing of that package runs."""
    found = importlib.util.find_spec(_FONT_PACKAGE)
    assert found is not None and found.submodule_search_locations, f"{_FONT_PACKAGE} is not installed"
    return str(Path(found.submodule_search_locations[0]) / _FONT_FILE)


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Cut where it is too wide: Chinese has no blanks to cut at."""
    parts = [""]
    for letter in "".join(letter for letter in line if letter.isprintable()):
        if parts[-1] and font.getlength(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts
