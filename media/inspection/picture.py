"""Photos: opened by exactly one decoder, judged by their size before they are decoded, decoded to their last byte."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageCms, ImageFile

from media.inspection.fault import Unfit
from media.inspection.found import Found
from media.inspection.signature import HEIC, Type

_TURNED = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
"""EXIF orientation → degrees clockwise."""
_TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")


def decoded_picture(file: BinaryIO, type: Type, most_pixels: int, longest: int) -> tuple[Found, Image.Image]:
    """Its facts, and the picture itself upright in RGB and sRGB, its longest side at most so many pixels.

    All of the file is decoded, so that a cut or damaged one is found out; a JPEG in no more detail than `longest`
    needs. Raises Unfit.
    """
    # Its own limit is a warning, and only at twice the number an error.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if type is HEIC:
        _know_heic()
    with warnings.catch_warnings(), _faults():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        file.seek(0)
        picture = Image.open(file, formats=[type.opened_by])
        if picture.width * picture.height > most_pixels:
            raise Unfit("too_many_pixels")
        found, turn = _facts(picture, type)
        scale = min(1.0, longest / max(picture.size))
        # A draft with another aspect than the picture's would silently decode all of it.
        picture.draft("RGB", (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
        picture.load()
    return found, _upright(picture, turn, longest)


def _facts(picture: Image.Image, type: Type) -> tuple[Found, int]:
    """What the header and EXIF tell, and the EXIF orientation. Unreadable EXIF tells nothing and harms nothing."""
    width, height = picture.size
    exif = _exif(picture)
    turn = exif.get(ExifTags.Base.Orientation, 1)
    rotation = _TURNED.get(turn)
    if rotation in (90, 270):
        width, height = height, width
    found = Found(
        content_type=type.content_type,
        width=width,
        height=height,
        rotation=rotation,
        taken_at=_taken_at(exif),
    )
    return found, turn if turn in _TRANSPOSED else 1


def _upright(picture: Image.Image, turn: int, longest: int) -> Image.Image:
    profile = picture.info.get("icc_profile")
    small = _plain(picture)
    small.thumbnail((longest, longest), Image.Resampling.BICUBIC)
    if profile:
        small = _in_srgb(small, profile)
    if turn in _TRANSPOSED:
        small = small.transpose(_TRANSPOSED[turn])
    # Nothing of what stood around the pixels goes into a derivative.
    small.info.clear()
    return small


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # an unreadable profile: the colours stay as they are
    return converted or picture


def _plain(picture: Image.Image) -> Image.Image:
    """In RGB; what is transparent becomes white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGB", layer.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    return picture.copy() if picture.mode == "RGB" else picture.convert("RGB")


def _exif(picture: Image.Image) -> dict[int, Any]:
    """The tags that matter, of both directories."""
    try:
        exif = picture.getexif()
        return {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    except Exception:  # a parser of strangers' bytes: whatever it meets, the photo is still a photo
        return {}


def _taken_at(exif: dict[int, Any]) -> str | None:
    said = _EXIF_TIME.match(str(exif.get(ExifTags.Base.DateTimeOriginal, "")))
    if said is None:
        return None
    year, month, day, time = said.groups()
    offset = _OFFSET.match(str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")))
    return f"{year}-{month}-{day}T{time}{offset[0] if offset else ''}"


def _know_heic() -> None:
    import pi_heif

    # Its decoder's own threads would each count against the limit of address space.
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (Unfit, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit("too_many_pixels") from None
    except Exception as error:  # decoders raise what they like
        is_short = any(word in str(error).lower() for word in ("truncated", "unexpected end", "premature"))
        raise Unfit("cut_off" if is_short else "damaged") from error
