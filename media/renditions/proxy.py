"""The proxy of a clip: H.264 and AAC at a phone's bitrate, upright, each frame at its time, playable while it comes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import InvalidDataError
from av.filter import Graph
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from media.inspection.fault import Unfit
from media.inspection.film import AUDIO_CODECS, codec_name
from media.renditions.poster import clockwise
from media.renditions.task import FORMS, Made, Rendition

_FASTSTART = {"movflags": "faststart"}
_H264 = {
    "preset": "veryfast",
    "profile": "main",
    "crf": "27",
    "maxrate": "900k",
    "bufsize": "1800k",
    "bf": "0",  # what is drawn on a frame refers to its time: no reordering, no edit list
    "x264-params": "threads=1:sliced-threads=0",
}
_KEYFRAME_SECONDS = 2
_LIGHT_BITS = 1_500_000
_AUDIO_BITS = 64_000
_AUDIO_RATE = 48_000
_AUDIO_FRAME = 1024
_TURNS = {
    90: [("transpose", "clock")],
    180: [("hflip", ""), ("vflip", "")],
    270: [("transpose", "cclock")],
}


def write_proxy(container: InputContainer, stream: VideoStream, folder: Path, *, may_copy: bool) -> Made:
    """Write the proxy of a clip. Damaged packets are left out; a clip of which nothing is left raises Unfit.

    With `may_copy` (the clip stands upright) what plays on phones already is copied packet by packet.
    """
    sound = _sound(container)
    with av.open(str(folder / FORMS[Rendition.PROXY].file), "w", format="mp4", options=_FASTSTART) as target:
        if may_copy and _is_light(stream, sound):
            return _copied(container, target, stream, sound)
        made = _Transcoding(target, stream, sound)
        for packet in container.demux([one for one in (stream, sound) if one is not None]):
            made.take(packet)
        return made.end()


class _Transcoding:
    """Packets in, packets out."""

    def __init__(self, target: OutputContainer, stream: VideoStream, sound: AudioStream | None) -> None:
        self._target = target
        self._stream = stream
        self._sound = sound
        self._picture: VideoStream | None = None
        self._graph = Graph()
        self._last = -1
        self._voice: AudioStream | None = None
        if sound is not None:
            self._voice = target.add_stream("aac", rate=_AUDIO_RATE, layout="mono")
            self._voice.bit_rate = _AUDIO_BITS
            self._resampler = AudioResampler("fltp", "mono", _AUDIO_RATE, _AUDIO_FRAME)

    def take(self, packet: Packet[Any]) -> None:
        """Transcode what one packet holds; an empty one brings the rest of its stream."""
        try:
            frames: list[Any] = packet.decode()
        except InvalidDataError:
            return
        for frame in frames:
            if isinstance(frame, VideoFrame):
                self._show(frame)
            elif isinstance(frame, AudioFrame):
                self._say(frame)

    def end(self) -> Made:
        """Bring out what the encoders still hold. Raises Unfit when no frame came."""
        if self._picture is None:
            raise Unfit("damaged")
        if self._voice is not None:
            self._say(None)
            self._target.mux(self._voice.encode(None))
        self._target.mux(self._picture.encode(None))
        return Made(kind=Rendition.PROXY, width=self._picture.width, height=self._picture.height)

    def _show(self, frame: VideoFrame) -> None:
        if frame.pts is None or frame.pts <= self._last:
            return
        self._last = frame.pts
        if self._picture is None:
            self._picture = self._begun(frame)
        self._graph.push(frame)
        upright = self._graph.pull()
        assert isinstance(upright, VideoFrame)
        upright.pict_type = 0  # else the encoder repeats the original's choice of keyframes
        self._target.mux(self._picture.encode(upright))

    def _say(self, frame: AudioFrame | None) -> None:
        assert self._voice is not None
        for part in self._resampler.resample(frame):
            self._target.mux(self._voice.encode(part))

    def _begun(self, frame: VideoFrame) -> VideoStream:
        turn = clockwise(frame)
        width, height = _fitting(frame.width, frame.height)
        steps = [("scale", f"{width}:{height}"), *_TURNS.get(turn, []), ("format", "yuv420p")]
        if turn in (90, 270):
            width, height = height, width
        time_base = self._stream.time_base or Fraction(1, 90_000)
        last = self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=time_base
        )
        for name, arguments in steps:
            step = self._graph.add(name, arguments)
            last.link_to(step)
            last = step
        last.link_to(self._graph.add("buffersink"))
        self._graph.configure()
        rate = self._stream.average_rate or Fraction(30)
        picture = self._target.add_stream("libx264", rate=rate, options=dict(_H264))
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        picture.codec_context.time_base = time_base
        picture.codec_context.gop_size = max(1, round(float(rate) * _KEYFRAME_SECONDS))
        return picture


def _copied(
    container: InputContainer, target: OutputContainer, stream: VideoStream, sound: AudioStream | None
) -> Made:
    """The same packets in a container of our own making."""
    into = {one.index: target.add_stream_from_template(one) for one in (stream, sound) if one is not None}
    for packet in container.demux([one for one in (stream, sound) if one is not None]):
        if packet.dts is not None:
            packet.stream = into[packet.stream.index]
            target.mux(packet)
    return Made(kind=Rendition.PROXY, width=stream.width, height=stream.height)


def _is_light(stream: VideoStream, sound: AudioStream | None) -> bool:
    """Whether it plays on phones, and at a phone's bitrate."""
    is_small = max(stream.width, stream.height) <= FORMS[Rendition.PROXY].longest
    is_slow = 0 < (stream.bit_rate or 0) <= _LIGHT_BITS
    plays = codec_name(stream.codec_context.name) == "h264" and stream.codec_context.pix_fmt == "yuv420p"
    sounds = sound is None or codec_name(sound.codec_context.name) == "aac"
    return is_small and is_slow and plays and sounds


def _sound(container: InputContainer) -> AudioStream | None:
    found = next(iter(container.streams.audio), None)
    context = found.codec_context if found is not None else None
    return found if context is not None and codec_name(context.name) in AUDIO_CODECS else None


def _fitting(width: int, height: int) -> tuple[int, int]:
    """Even numbers, as the codec needs them, never larger than the original."""
    scale = min(1.0, FORMS[Rendition.PROXY].longest / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
