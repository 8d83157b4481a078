"""What it costs to look at a photo and a clip, and to make their renditions: `python -m bench.media`.

Each figure is the processor time and the wall time of one confined process, its start included, as the server runs it;
the middle one of five. Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import msgspec
from PIL import Image

from media.inspection.limits import GLANCE, TRANSCODE, Limits
from media.renditions.process import Processes
from media.renditions.task import Expected, Rendition, Task

RUNS = 5
PHOTO_BAR_CPU_SECONDS = 0.6
POSTER_BAR_SECONDS = 1.0
PHOTO_PIXELS = (4032, 3024)
CLIP_PIXELS = (1920, 1080)
CLIP_SECONDS, CLIP_RATE = 60, 30
STAMP = ("2026-03-02 08:15:30 Asia/Shanghai · WO-2026-00012 · 张三", "在应用内拍摄 · Taken in the app")


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What one task took."""

    cpu_seconds: float
    wall_seconds: float


def main() -> int:
    """Measure, print a table, and say whether the bars hold."""
    with TemporaryDirectory(prefix="doorstep-bench-media-") as place:
        folder = Path(place)
        photo, clip = folder / "photo.jpg", folder / "clip.mp4"
        _make_photo(photo)
        _make_clip(clip)
        pictures = (Rendition.DISPLAY, Rendition.STAMPED, Rendition.THUMBNAIL, Rendition.PREVIEW)
        glance = (Rendition.POSTER, Rendition.THUMBNAIL, Rendition.PREVIEW)
        of_photo = _measured(photo, Expected.PHOTO, pictures, GLANCE, RUNS)
        of_poster = _measured(clip, Expected.CLIP, glance, GLANCE, RUNS)
        of_proxy = _measured(clip, Expected.CLIP, (Rendition.PROXY,), TRANSCODE, 1)
    held = of_photo.cpu_seconds < PHOTO_BAR_CPU_SECONDS, of_poster.wall_seconds < POSTER_BAR_SECONDS
    print("| file | made | processor | wall | bar |")
    print("|---|---|---|---|---|")
    _row("12-megapixel JPEG", "facts and all four pictures", of_photo, "0.6 s of processor", held[0])
    _row("one minute of 1080p, H.264", "facts, poster, thumbnail, preview", of_poster, "1 s", held[1])
    _row("the same", "proxy, 960×540", of_proxy, "none", True)
    return 0 if all(held) else 1


def _row(file: str, made: str, figure: Figure, bar: str, held: bool) -> None:
    kept = bar if held else f"{bar}: MISSED"
    print(f"| {file} | {made} | {figure.cpu_seconds:.2f} s | {figure.wall_seconds:.2f} s | {kept} |")


def _measured(
    file: Path, expected: Expected, makes: Sequence[Rendition], limits: Limits, runs: int
) -> Figure:
    found = [
        _once(file, Task(expected=expected, makes=tuple(makes), limits=limits, stamp=STAMP))
        for _ in range(runs)
    ]
    return Figure(
        cpu_seconds=statistics.median(one.cpu_seconds for one in found),
        wall_seconds=statistics.median(one.wall_seconds for one in found),
    )


def _once(file: Path, task: Task) -> Figure:
    with TemporaryDirectory() as place, file.open("rb") as source:
        before, began = _children(), time.perf_counter()
        report = Processes().run(task, source.fileno(), Path(place))
        took = Figure(cpu_seconds=_children() - before, wall_seconds=time.perf_counter() - began)
    assert len(report.made) == len(task.makes), report
    return took


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _make_photo(path: Path) -> None:
    """As full of detail as a photo of a machine room."""
    small = Image.effect_noise((PHOTO_PIXELS[0] // 10, PHOTO_PIXELS[1] // 10), 60)
    small.resize(PHOTO_PIXELS).convert("RGB").save(path, quality=88)


def _make_clip(path: Path) -> None:
    """Four pictures in turn, half a second each."""
    width, height = CLIP_PIXELS
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=CLIP_RATE, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        noise = [Image.effect_noise((width // 4, height // 4), 80).resize(CLIP_PIXELS) for _ in range(4)]
        frames = [av.VideoFrame.from_image(one.convert("RGB")).reformat(format="yuv420p") for one in noise]
        for number in range(CLIP_SECONDS * CLIP_RATE):
            frame = frames[number // (CLIP_RATE // 2) % len(frames)]
            frame.pts, frame.time_base = number, Fraction(1, CLIP_RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    sys.exit(main())
