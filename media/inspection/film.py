"""Clips and recordings: one demuxer by content, a short list of codecs, and whether the file ends where it says."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from media.inspection.fault import Unfit
from media.inspection.found import Found
from media.inspection.signature import WEBM, Type

VIDEO_CODECS = frozenset({"h264", "hevc", "vp9", "vp8", "av1"})
AUDIO_CODECS = frozenset({"aac", "opus", "vorbis", "mp3", "amr_nb", "amr_wb", "pcm_s16le", "alac"})
_DECODERS = {"libdav1d": "av1", "libopus": "opus", "libvpx-vp9": "vp9", "libvpx": "vp8", "mp3float": "mp3"}
"""Where FFmpeg names the program instead of the format."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_THIS_MACHINES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
_NO_TIME = "1904-01-01"
"""What cameras write that do not know the time: the zero of the format's clock."""


@contextmanager
def opened_film(file: BinaryIO, type: Type) -> Iterator[InputContainer]:
    """The container, by the one demuxer that its content names: none that would open other files. Raises Unfit."""
    file.seek(0)
    with _faults(), av.open(file, "r", format=type.opened_by, metadata_errors="replace") as container:
        yield container


def picture_stream(container: InputContainer, most_pixels: int) -> VideoStream:
    """The stream of the clip's picture, decoded in one thread. Raises Unfit where there is none that is taken."""
    if not container.streams.video:
        raise Unfit("other_kind")
    stream = container.streams.video[0]
    context = stream.codec_context
    if context is None or codec_name(context.name) not in VIDEO_CODECS:
        raise Unfit("codec_not_taken")
    if context.width * context.height > most_pixels:
        raise Unfit("too_many_pixels")
    if not context.width or not context.height:
        raise Unfit("damaged")
    context.thread_count = 1
    return stream


def clip_facts(
    file: BinaryIO, type: Type, container: InputContainer, stream: VideoStream, turn: int
) -> Found:
    """What the container tells; `turn` is the rotation of a decoded frame. Raises Unfit: `cut_off`."""
    if _ends_too_early(file, type, stream):
        raise Unfit("cut_off")
    width, height = stream.codec_context.width, stream.codec_context.height
    if turn in (90, 270):
        width, height = height, width
    return Found(
        content_type=type.content_type,
        width=width,
        height=height,
        rotation=turn or None,
        duration_ms=_duration_ms(container),
        codec=codec_name(stream.codec_context.name),
        taken_at=_taken_at(container.metadata),
    )


def recording_facts(file: BinaryIO, type: Type) -> Found:
    """A recording of sound. Raises Unfit."""
    with opened_film(file, type) as container:
        if container.streams.video or not container.streams.audio:
            raise Unfit("other_kind")
        stream = container.streams.audio[0]
        codec = codec_name(stream.codec_context.name) if stream.codec_context else ""
        if codec not in AUDIO_CODECS:
            raise Unfit("codec_not_taken")
        next(container.decode(stream))
        return Found(
            content_type=type.content_type.replace("video/", "audio/"),
            duration_ms=_duration_ms(container),
            codec=codec,
            taken_at=_taken_at(container.metadata),
        )


def codec_name(decoder: str) -> str:
    """The format that a decoder of FFmpeg decodes."""
    return _DECODERS.get(decoder, decoder)


@contextmanager
def _faults() -> Iterator[None]:
    """What FFmpeg says of a file, as Unfit; what it says of this machine stays what it is."""
    try:
        yield
    except StopIteration:
        raise Unfit("damaged") from None
    except FFmpegError as error:
        if error.errno == errno.EFBIG:
            raise Unfit("too_costly") from error
        if isinstance(error, MemoryError) or error.errno in _THIS_MACHINES:
            raise
        raise Unfit("damaged") from error


def _duration_ms(container: InputContainer) -> int | None:
    return None if container.duration is None else round(container.duration * 1000 / av.time_base)


def _taken_at(metadata: dict[str, Any]) -> str | None:
    said = str(metadata.get("com.apple.quicktime.creationdate") or metadata.get("creation_time") or "")
    found = _TIME.match(said)
    return said[:40] if found and not said.startswith(_NO_TIME) else None


def _ends_too_early(file: BinaryIO, type: Type, stream: VideoStream) -> bool:
    """By the index of an MP4 or MOV; by the announced size of a WebM, where it announces one."""
    size_bytes = file.seek(0, 2)
    if type is WEBM:
        return _announced_end(file) > size_bytes
    entries = stream.index_entries
    last = entries[len(entries) - 1] if len(entries) else None
    return last is not None and last.pos + last.size > size_bytes


def _announced_end(file: BinaryIO) -> int:
    """Where a Matroska file says that it ends; 0 where it does not say, as recorders that stream do not."""
    file.seek(0)
    head = file.read(4096)
    header_bytes, at = _number(head, 4)
    at += header_bytes
    if head[at : at + 4] != b"\x18S\x80g":
        return 0
    length, start = _number(head, at + 4)
    return 0 if length < 0 else start + length


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A variable-size integer of EBML and the place after it; -1 for "unknown"."""
    first = data[at] if at < len(data) else 0
    if not first:
        return -1, at + 1
    length = 9 - first.bit_length()
    value = int.from_bytes(data[at : at + length], "big") & ((1 << (7 * length)) - 1)
    return (-1 if value == (1 << (7 * length)) - 1 else value), at + length
