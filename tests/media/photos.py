"""Small photos made by the tests themselves."""

from __future__ import annotations

import io
import zlib

from PIL import Image

from tests.media.films import picture

WIDE = (640, 480)
TAKEN = "2026:03:02 08:15:30"
_GPS_IFD = 0x8825


def photo(form: str = "JPEG", size: tuple[int, int] = WIDE, turn: int = 1) -> bytes:
    """A photo with all that a phone writes into EXIF: time, place, maker, orientation."""
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "Secret Maker"
    exif[0x8769] = {0x9003: TAKEN, 0x9011: "+08:00"}
    exif[_GPS_IFD] = {1: "N", 2: (31.0, 12.0, 30.0), 3: "E", 4: (121.0, 28.0, 0.0)}
    target = io.BytesIO()
    picture(3, size).save(target, form, exif=exif.tobytes(), comment=b"a comment")
    return target.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 40,000 pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = (40_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
