"""What a file is is told by its bytes alone, and what is not fit is told by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import av
import pytest
from PIL import Image

from media.inspection.fault import FAULTS
from media.inspection.found import Found
from media.renditions.task import Expected
from tests.media.films import STEADY, UNSTEADY, clip, turned
from tests.media.photos import bomb, photo
from tests.media.rendering import render

SAMPLES = Path(__file__).parent / "samples"
LONG = tuple(range(0, 90_000 * 2, 7500))


@pytest.mark.parametrize(
    ("form", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_a_photo_is_known_by_its_content_and_tells_when_it_was_taken(
    tmp_path: Path, form: str, content_type: str
) -> None:
    found = render(tmp_path, photo(form, turn=6)).found

    assert found == Found(
        content_type=content_type, width=480, height=640, rotation=90, taken_at="2026-03-02T08:15:30+08:00"
    )


@pytest.mark.parametrize(("name", "size"), [("phone", (160, 120)), ("turned", (120, 160))])
def test_a_heic_photo_is_read_upright(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    found = render(tmp_path, (SAMPLES / f"{name}.heic").read_bytes()).found

    assert found is not None
    assert (found.content_type, found.width, found.height) == ("image/heic", *size)
    assert found.taken_at == "2026-03-02T08:15:30"


@pytest.mark.parametrize(
    ("form", "codec", "pixels", "content_type", "name"),
    [
        ("mp4", "libx264", "yuv420p", "video/mp4", "h264"),
        ("mov", "libx264", "yuv420p", "video/quicktime", "h264"),
        ("mp4", "libx265", "yuv420p", "video/mp4", "hevc"),
        ("mp4", "libx265", "yuv420p10le", "video/mp4", "hevc"),
        ("webm", "libvpx-vp9", "yuv420p", "video/webm", "vp9"),
    ],
)
def test_a_clip_tells_its_codec_size_and_length(
    tmp_path: Path, form: str, codec: str, pixels: str, content_type: str, name: str
) -> None:
    found = render(tmp_path, clip(form, codec, LONG, pixels=pixels), Expected.CLIP).found

    assert found is not None
    assert (found.content_type, found.codec) == (content_type, name)
    assert (found.width, found.height, found.rotation) == (320, 240, None)
    assert found.duration_ms == pytest.approx(2000, abs=90)


@pytest.mark.parametrize(("degrees", "size"), [(90, (240, 320)), (180, (320, 240)), (270, (240, 320))])
def test_a_clip_that_was_held_upright_tells_its_size_as_it_is_seen(
    tmp_path: Path, degrees: int, size: tuple[int, int]
) -> None:
    found = render(tmp_path, turned(clip(), degrees), Expected.CLIP).found

    assert found is not None
    assert (found.width, found.height, found.rotation) == (*size, degrees)


def test_a_clips_capture_time_is_told_as_the_file_says_it(tmp_path: Path) -> None:
    data = clip(options={"movflags": "use_metadata_tags"})
    assert render(tmp_path, data, Expected.CLIP).found is not None, "no time is no fault"

    told = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(told, "w", format="mp4") as target:
        target.metadata["creation_time"] = "2026-03-02T00:15:30Z"
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    found = render(tmp_path, told.getvalue(), Expected.CLIP).found

    assert found is not None and str(found.taken_at).startswith("2026-03-02T00:15:30")


def test_a_recording_without_a_picture_and_a_document_are_kept_as_they_are(tmp_path: Path) -> None:
    recording = render(tmp_path, _sound(), Expected.RECORDING).found
    document = render(tmp_path, b"%PDF-1.7\n%...", Expected.DOCUMENT).found

    assert recording is not None and (recording.content_type, recording.codec) == ("audio/mp4", "aac")
    assert document == Found(content_type="application/pdf")


def _sound() -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000)
        for place in range(0, 9600, 960):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
            frame.sample_rate, frame.pts = 48_000, place
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("Main.class", b"code")
    return target.getvalue()


def _gif() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "GIF")
    return target.getvalue()


def _mpeg4() -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    return target.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FAST = clip(options={"movflags": "faststart"}, times=STEADY)
UNFIT: dict[str, tuple[bytes, Expected, str]] = {
    "nothing": (b"", Expected.PHOTO, "empty"),
    "a drawing": (SVG, Expected.PHOTO, "active_content"),
    "a page": (b"<!DOCTYPE html><html><script>1</script>", Expected.PHOTO, "active_content"),
    "a GIF": (_gif(), Expected.PHOTO, "type_not_taken"),
    "a program": (b"\x7fELF" + bytes(60), Expected.CLIP, "type_not_taken"),
    "a list of files": (b"#EXTM3U\nfile:///etc/passwd\n", Expected.CLIP, "type_not_taken"),
    "a concatenation": (b"ffconcat version 1.0\nfile /etc/passwd\n", Expected.CLIP, "type_not_taken"),
    "a photo and an archive": (photo() + _zip(), Expected.PHOTO, "two_types"),
    "a clip and an archive": (clip() + _zip(), Expected.CLIP, "two_types"),
    "a photo and a document": (photo().replace(b"a comment", b"%PDF-1.4 "), Expected.PHOTO, "two_types"),
    "a photo and a page": (photo().replace(b"a comment", b"<script> "), Expected.PHOTO, "two_types"),
    "a clip as a photo": (clip(), Expected.PHOTO, "other_kind"),
    "a photo as a clip": (photo(), Expected.CLIP, "other_kind"),
    "a sound as a clip": (_sound(), Expected.CLIP, "other_kind"),
    "a clip as a recording": (clip(), Expected.RECORDING, "other_kind"),
    "a bomb": (bomb(), Expected.PHOTO, "too_many_pixels"),
    "half a JPEG": (photo()[: len(photo()) // 2], Expected.PHOTO, "cut_off"),
    "half a PNG": (photo("PNG")[: len(photo("PNG")) // 2], Expected.PHOTO, "cut_off"),
    "a JPEG's head": (photo()[:20], Expected.PHOTO, "damaged"),
    "half a clip with its index first": (FAST[: len(FAST) * 3 // 4], Expected.CLIP, "cut_off"),
    "half a clip with its index last": (clip()[: len(clip()) // 2], Expected.CLIP, "damaged"),
    "half a WebM": (
        clip("webm", "libvpx-vp9", UNSTEADY)[:-400],
        Expected.CLIP,
        "cut_off",
    ),
    "an old codec": (_mpeg4(), Expected.CLIP, "codec_not_taken"),
    "noise after a head": (photo()[:700] + bytes(range(256)) * 40, Expected.PHOTO, "cut_off|damaged"),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_is_not_fit_is_told_by_name(tmp_path: Path, what: str) -> None:
    data, expected, code = UNFIT[what]

    report = render(tmp_path, data, expected)

    assert report.found is None and report.fault in code.split("|"), report
    assert not list(tmp_path.glob("*.jpg")), "nothing is made of it"


def test_a_photo_with_a_clip_behind_it_is_a_photo(tmp_path: Path) -> None:
    found = render(tmp_path, photo() + clip()).found

    assert found is not None and found.content_type == "image/jpeg", "as phones make moving photos"


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    for code, (english, chinese) in FAULTS.items():
        assert english.endswith(".") and chinese.endswith("。"), code
        assert "_" not in english + chinese, code
