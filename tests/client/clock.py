"""A clock that stands until it is moved, and serial randomness."""

from __future__ import annotations

from itertools import count

from doorstep_client.clock import Reading, milliseconds

MORNING = milliseconds("2026-01-31T09:00:00Z")


class HeldClock:
    """Wall and monotonic clock move together unless a test sets the wall clock."""

    def __init__(self) -> None:
        self.wall_ms = MORNING
        self.mono_ms = 1_000_000
        self.boot = "boot-1"

    def read(self) -> Reading:
        return Reading(self.wall_ms, self.mono_ms, self.boot)

    def pass_seconds(self, seconds: float) -> None:
        self.wall_ms += round(seconds * 1000)
        self.mono_ms += round(seconds * 1000)


class SerialBytes:
    """Counts up: every id differs, and every run is the same."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, size: int) -> bytes:
        return next(self._numbers).to_bytes(size, "big")
