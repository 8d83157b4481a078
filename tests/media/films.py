"""Small clips made by the tests themselves: every frame differs, and says by its picture which one it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
from PIL import Image, ImageDraw

SIZE = (320, 240)
SECOND = 90_000
STEADY = tuple(range(0, SECOND, SECOND // 12))
UNSTEADY = (0, 3000, 3600, 12_000, 13_000, 40_000, 41_500, 60_000, 61_000, 85_000)
"""Times of a phone that films in the dark: frames come when there was light enough."""

_OPTIONS = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
_MATRIX_AFTER_TKHD = 44
_ONE = 1 << 16
_TURNS = {90: (0, _ONE, -_ONE, 0), 180: (-_ONE, 0, 0, -_ONE), 270: (0, -_ONE, _ONE, 0)}


def picture(number: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """The frame with this number: a bar whose place and height tell it, red above, blue below."""
    width, height = size
    image = Image.new("RGB", size, (60, 60, 60))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height // 6), fill=(200, 40, 40))
    draw.rectangle((0, height - height // 6, width, height), fill=(40, 40, 200))
    left = number * 23 % (width - 24)
    draw.rectangle((left, height // 4, left + 24, height * 3 // 4), fill=(240, 240, 240))
    return image


def clip(
    form: str = "mp4",
    codec: str = "libx264",
    times: Sequence[int] = STEADY,
    *,
    pixels: str = "yuv420p",
    sound: bool = False,
    options: dict[str, str] | None = None,
) -> bytes:
    """A clip whose frames stand at these times, in 90,000ths of a second."""
    # A file: the index moves to the front by reading it again.
    with NamedTemporaryFile() as file:
        _write(file.name, form, codec, times, pixels, sound, options or {})
        return Path(file.name).read_bytes()


def _write(
    path: str,
    form: str,
    codec: str,
    times: Sequence[int],
    pixels: str,
    sound: bool,
    options: dict[str, str],
) -> None:
    with av.open(path, "w", format=form, options=options) as container:
        stream = container.add_stream(codec, rate=12, options=_OPTIONS[codec])
        stream.width, stream.height = SIZE
        stream.pix_fmt = pixels
        stream.codec_context.time_base = Fraction(1, SECOND)
        voice = container.add_stream("libopus" if form == "webm" else "aac", rate=48_000) if sound else None
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_image(picture(number)).reformat(format=pixels)
            frame.pts, frame.time_base = time, Fraction(1, SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if voice is not None:
            for place in range(0, 48_000, 960):
                silence = av.AudioFrame(format="s16", layout="stereo", samples=960)
                for plane in silence.planes:
                    plane.update(bytes(plane.buffer_size))
                silence.sample_rate, silence.pts = 48_000, place
                container.mux(voice.encode(silence))
            container.mux(voice.encode(None))


def turned(data: bytes, degrees: int) -> bytes:
    """An MP4 that asks to be shown turned clockwise, as phones that are held upright write it."""
    at = data.index(b"tkhd") + _MATRIX_AFTER_TKHD
    a, b, c, d = _TURNS[degrees]
    words = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    matrix = b"".join(word.to_bytes(4, "big", signed=True) for word in words)
    return data[:at] + matrix + data[at + len(matrix) :]


def frames(data: bytes) -> list[tuple[float, Image.Image]]:
    """Time in seconds and picture of each frame, as it is stored."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        return [(float(frame.time or 0), frame.to_image()) for frame in container.decode(stream)]
