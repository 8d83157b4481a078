"""UUIDv7 identifiers (RFC 9562, section 5.7), from a clock and randomness that come in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

RandomBytes = Callable[[int], bytes]
"""Gives that many random bytes; `os.urandom` in production."""


def uuid7(wall_ms: int, random_bytes: RandomBytes) -> str:
    """A UUIDv7 of this millisecond, as text. A wrong clock costs its order, never its uniqueness."""
    filler = int.from_bytes(random_bytes(10), "big")
    value = (wall_ms & (2**48 - 1)) << 80 | filler
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
