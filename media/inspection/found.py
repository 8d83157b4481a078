"""What inspection found in a file."""

from __future__ import annotations

import msgspec


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Facts that the bytes themselves tell; nothing in it was said by the sender."""

    content_type: str
    """By content, such as `image/heic`."""
    width: int | None = None
    """In pixels, upright: after the orientation is applied."""
    height: int | None = None
    rotation: int | None = None
    """Degrees clockwise by which the stored picture is turned to stand upright; None where it stands so."""
    duration_ms: int | None = None
    codec: str | None = None
    """Of a clip's picture, or of a recording's sound."""
    taken_at: str | None = None
    """Capture time as the file says it, ISO 8601; without an offset where the file tells none. Never trusted."""
