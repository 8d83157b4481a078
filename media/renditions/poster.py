"""One frame that stands for a clip."""

from __future__ import annotations

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

_AFTER_MICROSECONDS = 1_000_000
"""The first frames of a clip are often a hand, or the floor."""


def poster_frame(container: InputContainer, stream: VideoStream) -> VideoFrame:
    """A whole frame near the end of the first second. Raises StopIteration where the clip has none."""
    stream.codec_context.skip_frame = "NONKEY"
    duration = container.duration or 0
    if duration > 2 * _AFTER_MICROSECONDS:
        container.seek(_AFTER_MICROSECONDS)
    return next(container.decode(stream))


def clockwise(frame: VideoFrame) -> int:
    """How far the frame is to be turned to stand upright: 0, 90, 180 or 270 degrees clockwise."""
    return round(-frame.rotation / 90) * 90 % 360


def upright_picture(frame: VideoFrame, turn: int) -> Image.Image:
    """The frame as a picture that stands upright."""
    turns = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    picture = frame.to_image()
    return picture.transpose(turns[turn]) if turn in turns else picture
