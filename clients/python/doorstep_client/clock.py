"""The clocks that a device has: a wall clock that anybody can set, and a monotonic one that nobody can."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(msgspec.Struct, frozen=True):
    """All clocks, read at one moment."""

    wall_ms: int
    """Milliseconds since 1970 by the wall clock."""
    mono_ms: int
    """Milliseconds since `boot` began."""
    boot: str
    """Names the boot: monotonic readings of different boots do not compare."""


class Clock(Protocol):
    """A device's clocks."""

    def read(self) -> Reading:
        """Read all clocks now."""


class SystemClock:
    """This machine's clocks."""

    def __init__(self) -> None:
        self._boot = _boot_id()

    def read(self) -> Reading:
        """Read all clocks now; the monotonic one counts sleep where the system offers that."""
        source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return Reading(time.time_ns() // 1_000_000, time.clock_gettime_ns(source) // 1_000_000, self._boot)


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return f"process-{os.getpid()}-{time.time_ns()}"


def instant(wall_ms: int) -> str:
    """Milliseconds since 1970 as RFC 3339 in UTC."""
    moment = _EPOCH + timedelta(milliseconds=wall_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(text: str) -> int:
    """The inverse of `instant`, of any RFC 3339 text with a zone; raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)
