"""What one file may take of this machine before it is no photo or clip any more."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Of one process that opens one file."""

    memory_bytes: int = 2 << 30
    """Address space; a 12-megapixel photo takes about 300 MiB of it, libraries included."""
    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    output_bytes: int = 512 << 20
    """Of each file that it writes."""
    most_pixels: int = 120_000_000
    """Of a picture, and of a clip's frame; asked before anything is decoded."""


GLANCE = Limits()
"""For facts, pictures and posters."""
TRANSCODE = Limits(cpu_seconds=540, wall_seconds=540.0)
"""For a proxy: about a quarter of a second of work for each second of 1080p."""
