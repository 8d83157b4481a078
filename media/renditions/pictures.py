"""Pictures in their smaller sizes, as JPEG without anything but pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from media.renditions.stamp import stamped
from media.renditions.task import FORMS, Made, Rendition

LARGEST = max(form.longest for form in FORMS.values())


def write_pictures(
    picture: Image.Image, makes: Sequence[Rendition], stamp: Sequence[str], folder: Path
) -> Iterator[Made]:
    """Write each that is asked for, the large ones first; a stamped one only with something to stamp."""
    for kind in sorted(makes, key=lambda kind: -FORMS[kind].longest):
        if kind is Rendition.STAMPED and not stamp:
            continue
        form = FORMS[kind]
        # Each from the one before: it is no larger, and a small one costs a fraction of the first.
        picture = _at_most(picture, form.longest)
        shown = stamped(picture, stamp) if kind is Rendition.STAMPED else picture
        shown.save(folder / form.file, "JPEG", quality=form.quality)
        yield Made(kind=kind, width=shown.width, height=shown.height)


def _at_most(picture: Image.Image, longest: int) -> Image.Image:
    if max(picture.size) <= longest:
        return picture
    smaller = picture.copy()
    smaller.thumbnail((longest, longest), Image.Resampling.BICUBIC)
    return smaller
