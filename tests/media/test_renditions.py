"""Renditions look like their original, stand upright, and hold nothing but what is to be seen."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from media.inspection.limits import TRANSCODE
from media.renditions.task import FORMS, Expected, Rendition
from tests.media.films import STEADY, UNSTEADY, clip, frames, turned
from tests.media.photos import photo
from tests.media.rendering import ALL_OF_A_CLIP, ALL_OF_A_PHOTO, render

SAMPLES = Path(__file__).parent / "samples"
LARGE = (2400, 1800)
RED, BLUE = (200, 40, 40), (40, 40, 200)


def _is(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    seen = picture.convert("RGB").getpixel(place)
    assert isinstance(seen, tuple)
    return all(abs(a - b) < 40 for a, b in zip(seen, colour, strict=True))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_made_upright_in_all_its_sizes(tmp_path: Path, form: str) -> None:
    report = render(tmp_path, photo(form, LARGE, turn=6), makes=ALL_OF_A_PHOTO)

    sizes = {made.kind: (made.width, made.height) for made in report.made}
    assert sizes == {
        Rendition.DISPLAY: (1200, 1600),
        Rendition.THUMBNAIL: (240, 320),
        Rendition.PREVIEW: (72, 96),
    }
    for kind, size in sizes.items():
        with Image.open(tmp_path / FORMS[kind].file) as made:
            assert made.size == size
            right, left = (made.width - 3, made.height // 2), (2, made.height // 2)
            assert _is(made, right, RED) and _is(made, left, BLUE), "turned by a quarter, clockwise"


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_is_applied(tmp_path: Path, turn: int) -> None:
    data = photo(size=(640, 480), turn=turn)
    render(tmp_path, data, makes=(Rendition.DISPLAY,))

    from PIL import ImageOps

    with Image.open(io.BytesIO(data)) as original, Image.open(tmp_path / "display.jpg") as made:
        upright = ImageOps.exif_transpose(original)
        assert made.size == upright.size
        assert sum(ImageStat.Stat(ImageChops.difference(made, upright.convert("RGB"))).mean) < 6


def test_a_heic_photo_becomes_a_jpeg(tmp_path: Path) -> None:
    render(tmp_path, (SAMPLES / "turned.heic").read_bytes(), makes=ALL_OF_A_PHOTO)

    with Image.open(tmp_path / "display.jpg") as made:
        assert (made.format, made.size) == ("JPEG", (120, 160))
        assert _is(made, (117, 80), RED)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_what_stood_around_the_pixels_is_in_a_rendition(tmp_path: Path, form: str) -> None:
    render(tmp_path, photo(form, LARGE), makes=ALL_OF_A_PHOTO)

    for kind in ALL_OF_A_PHOTO:
        data = (tmp_path / FORMS[kind].file).read_bytes()
        with Image.open(io.BytesIO(data)) as made:
            assert not made.getexif() and set(made.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
            }
        assert b"Secret Maker" not in data and b"Exif" not in data and b"comment" not in data


def test_a_preview_is_small_enough_for_a_row(tmp_path: Path) -> None:
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG")

    render(tmp_path, file.getvalue(), makes=(Rendition.PREVIEW,))

    assert (tmp_path / "preview.jpg").stat().st_size < 4096


def test_a_stamp_stands_below_the_photo_and_covers_none_of_it(tmp_path: Path) -> None:
    lines = ("2026-03-02 08:15 · 工单 WO-1 · 张三", "在应用内拍摄 taken in the app")
    report = render(
        tmp_path, photo(size=(640, 480)), makes=(Rendition.DISPLAY, Rendition.STAMPED), stamp=lines
    )

    assert {made.kind for made in report.made} == {Rendition.DISPLAY, Rendition.STAMPED}
    with Image.open(tmp_path / "display.jpg") as plain, Image.open(tmp_path / "stamped.jpg") as made:
        assert made.width == 640 and made.height > 500
        covered = ImageChops.difference(made.crop((0, 0, 640, 480)), plain.convert("RGB"))
        assert sum(ImageStat.Stat(covered).mean) < 6
        strip = made.crop((0, 484, made.width, made.height)).convert("L").getextrema()
        assert strip[0] < 60 and strip[1] > 200, "light letters on a dark strip"


def test_a_long_stamp_is_wrapped_and_not_cut(tmp_path: Path) -> None:
    short = render(tmp_path, photo(size=(320, 240)), makes=(Rendition.STAMPED,), stamp=("上门服务",)).made[0]
    long = render(
        tmp_path, photo(size=(320, 240)), makes=(Rendition.STAMPED,), stamp=("上门服务" * 20,)
    ).made[0]

    assert long.height > short.height + 40


def test_a_clip_has_a_poster_that_stands_upright(tmp_path: Path) -> None:
    report = render(tmp_path, turned(clip(), 90), Expected.CLIP, ALL_OF_A_CLIP)

    assert {made.kind for made in report.made} == set(ALL_OF_A_CLIP)
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.size == (240, 320)
        assert _is(poster, (237, 160), RED) and _is(poster, (2, 160), BLUE)


CLIPS: dict[str, tuple[bytes, int]] = {
    "H.264": (clip(), 0),
    "with sound": (clip(sound=True), 0),
    "MOV": (clip("mov"), 0),
    "variable frame rate": (clip(times=UNSTEADY), 0),
    "HEVC": (clip(codec="libx265"), 0),
    "HEVC Main10": (clip(codec="libx265", pixels="yuv420p10le"), 0),
    "VP9": (clip("webm", "libvpx-vp9", UNSTEADY, sound=True), 0),
    "held upright": (turned(clip(sound=True), 90), 90),
    "held upside down": (turned(clip(), 180), 180),
    "held the other way": (turned(clip(codec="libx265"), 270), 270),
}


@pytest.mark.parametrize("what", CLIPS)
def test_a_proxy_shows_every_frame_at_its_time(tmp_path: Path, what: str) -> None:
    data, degrees = CLIPS[what]

    report = render(tmp_path, data, Expected.CLIP, (Rendition.PROXY,), limits=TRANSCODE)

    assert [made.kind for made in report.made] == [Rendition.PROXY], report
    made, original = frames((tmp_path / "proxy.mp4").read_bytes()), frames(data)
    assert len(made) == len(original)
    for (shown_at, shown), (stood_at, stood) in zip(made, original, strict=True):
        assert shown_at - made[0][0] == pytest.approx(stood_at - original[0][0], abs=0.0015)
        expected = stood.rotate(-degrees, expand=True)
        assert shown.size == expected.size
        difference = ImageStat.Stat(ImageChops.difference(shown, expected)).mean
        assert sum(difference) / 3 < 9, f"the frame at {stood_at} s"


def test_a_proxy_can_be_played_before_it_is_whole(tmp_path: Path) -> None:
    render(tmp_path, clip(), Expected.CLIP, (Rendition.PROXY,), limits=TRANSCODE)

    data = (tmp_path / "proxy.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_large_clip_is_made_as_small_as_a_phone_needs(tmp_path: Path) -> None:
    import av

    source = tmp_path / "large.mp4"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("libx264", rate=12, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(1920, 1080, "yuv420p")))
        container.mux(stream.encode(None))

    made = render(tmp_path, source.read_bytes(), Expected.CLIP, (Rendition.PROXY,), limits=TRANSCODE).made[0]

    assert (made.width, made.height) == (960, 540)


@pytest.mark.parametrize(("degrees", "is_copied"), [(0, True), (90, False)])
def test_what_a_phone_made_as_a_proxy_is_not_coded_again_unless_it_lies_on_its_side(
    tmp_path: Path, degrees: int, is_copied: bool
) -> None:
    data = turned(clip(), degrees) if degrees else clip()

    render(tmp_path, data, Expected.CLIP, (Rendition.PROXY,), limits=TRANSCODE, may_copy=True)

    made, original = frames((tmp_path / "proxy.mp4").read_bytes()), frames(data)
    assert [time for time, _ in made] == [time for time, _ in original]
    same = all(a.tobytes() == b.tobytes() for (_, a), (_, b) in zip(original, made, strict=True))
    assert same is is_copied


def test_an_original_is_never_written_to(tmp_path: Path) -> None:
    data = photo(size=LARGE)
    render(tmp_path, data, makes=ALL_OF_A_PHOTO)

    assert hashlib.sha256((tmp_path / "source").read_bytes()).digest() == hashlib.sha256(data).digest()


def test_a_clip_that_loses_its_middle_still_gives_what_is_left(tmp_path: Path) -> None:
    data = bytearray(clip(times=STEADY))
    middle = data.index(b"mdat") + 1800
    data[middle : middle + 200] = bytes(200)

    report = render(tmp_path, bytes(data), Expected.CLIP, (Rendition.PROXY,), limits=TRANSCODE)

    assert report.found is not None and report.made
