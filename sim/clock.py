"""Time as it is, as the server tells it, and as each phone believes it to be."""

from __future__ import annotations

from doorstep_client.clock import Reading

DAWN_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS


class Time:
    """True time, which only the simulator moves."""

    def __init__(self) -> None:
        self.ms = DAWN_MS + 8 * 3_600_000

    def seconds(self) -> float:
        """As `time.time` tells it to the server."""
        return self.ms / 1000


class PhoneClock:
    """See `doorstep_client.clock.Clock`: a wall clock that anybody can set, and a monotonic one."""

    def __init__(self, time: Time, name: str) -> None:
        self._time = time
        self._name = name
        self._boots = 1
        self._booted_ms = time.ms - 60_000
        self.off_ms = 0

    def read(self) -> Reading:
        """Read all clocks now."""
        mono = self._time.ms - self._booted_ms
        return Reading(self._time.ms + self.off_ms, mono, f"{self._name}-{self._boots}")

    def reboot(self) -> None:
        """The monotonic clock begins anew."""
        self._boots += 1
        self._booted_ms = self._time.ms
