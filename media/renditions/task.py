"""What the process is asked, and what it answers: two small files beside the renditions, in JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from media.inspection.found import Found
from media.inspection.limits import Limits

TASK_FILE, REPORT_FILE = "task.json", "report.json"


class Expected(StrEnum):
    """What the file was sent as."""

    PHOTO = "photo"
    CLIP = "clip"
    RECORDING = "recording"
    DOCUMENT = "document"


class Rendition(StrEnum):
    """What can be made of a file."""

    PREVIEW = "preview"
    """So small that it travels inside a row."""
    THUMBNAIL = "thumbnail"
    DISPLAY = "display"
    """A photo at the size of a screen."""
    STAMPED = "stamped"
    """The same with a line that tells when, where and by whom it was taken."""
    POSTER = "poster"
    """A frame of a clip at the size of a screen."""
    PROXY = "proxy"
    """A clip that a phone can play while it is still coming."""


class Form(NamedTuple):
    """How a rendition is kept."""

    file: str
    content_type: str
    longest: int
    """Pixels of its longer side, at most."""
    quality: int
    """Of JPEG; nothing for a clip."""


FORMS = {
    Rendition.PREVIEW: Form("preview.jpg", "image/jpeg", 96, 45),
    Rendition.THUMBNAIL: Form("thumbnail.jpg", "image/jpeg", 320, 75),
    Rendition.DISPLAY: Form("display.jpg", "image/jpeg", 1600, 82),
    Rendition.STAMPED: Form("stamped.jpg", "image/jpeg", 1600, 85),
    Rendition.POSTER: Form("poster.jpg", "image/jpeg", 1280, 80),
    Rendition.PROXY: Form("proxy.mp4", "video/mp4", 960, 0),
}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Inspect a file and make renditions of it."""

    expected: Expected
    makes: tuple[Rendition, ...]
    limits: Limits
    stamp: tuple[str, ...] = ()
    """Lines for `STAMPED`; without any it is not made."""
    may_copy: bool = False
    """Whether a proxy may keep the original's coding where that is light enough: a phone made it as a proxy."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A rendition that was written."""

    kind: Rendition
    width: int
    height: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: facts and renditions, or the code of a fault (`media.inspection.fault`)."""

    found: Found | None = None
    made: tuple[Made, ...] = ()
    fault: str | None = None
