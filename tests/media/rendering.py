"""A task in the real confined process, as the server runs it."""

from __future__ import annotations

from pathlib import Path

from media.inspection.limits import GLANCE, Limits
from media.renditions.process import Processes
from media.renditions.task import Expected, Rendition, Report, Task

ALL_OF_A_PHOTO = (Rendition.DISPLAY, Rendition.THUMBNAIL, Rendition.PREVIEW)
ALL_OF_A_CLIP = (Rendition.POSTER, Rendition.THUMBNAIL, Rendition.PREVIEW)


def render(
    folder: Path,
    data: bytes,
    expected: Expected = Expected.PHOTO,
    makes: tuple[Rendition, ...] = (),
    *,
    stamp: tuple[str, ...] = (),
    limits: Limits = GLANCE,
    may_copy: bool = False,
) -> Report:
    """The report about these bytes; renditions lie in `folder` afterwards."""
    source = folder / "source"
    source.write_bytes(data)
    with source.open("rb") as file:
        task = Task(expected=expected, makes=makes, limits=limits, stamp=stamp, may_copy=may_copy)
        return Processes().run(task, file.fileno(), folder)
