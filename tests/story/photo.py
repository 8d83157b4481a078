"""Photos as a phone takes them: real JPEG files with EXIF, each another one."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw

_EXIF_IFD, _MAKE, _MODEL, _SOFTWARE, _DESCRIPTION, _WHEN = 0x8769, 0x010F, 0x0110, 0x0131, 0x010E, 0x9003


def take_photo(path: Path, caption: str, taken_at: str, width: int = 1600, height: int = 1200) -> Path:
    """Write a photo with the maker's name, model and time of capture; `taken_at` is an instant in UTC.

    The picture is noise, so that it compresses as badly as a real one and is larger than a chunk.
    """
    dice = random.Random(f"{caption} {taken_at} {path.name}")
    noise = Image.frombytes("RGB", (width // 2, height // 2), dice.randbytes(width * height * 3 // 4))
    image = noise.resize((width, height), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height - 60, width, height), fill=(20, 20, 20))
    draw.text((20, height - 45), caption, fill=(255, 255, 255))
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL], exif[_SOFTWARE] = "Huawei", "Mate 60", "Doorstep"
    exif[_DESCRIPTION] = caption
    exif.get_ifd(_EXIF_IFD)[_WHEN] = taken_at[:19].replace("-", ":").replace("T", " ")
    image.save(path, "JPEG", quality=92, exif=exif)
    return path


def draw_signature(path: Path, name: str) -> Path:
    """A signature on the glass, as PNG."""
    dice = random.Random(f"{name} {path.name}")
    image = Image.new("L", (600, 200), 255)
    points = [(40 + 10 * step, 100 + dice.randint(-60, 60)) for step in range(52)]
    ImageDraw.Draw(image).line(points, fill=0, width=4)
    image.save(path, "PNG")
    return path


def exif_model(path: Path) -> str:
    """Which phone the file says it was taken with; empty when it says nothing."""
    with Image.open(path) as image:
        return str(image.getexif().get(_MODEL, ""))
