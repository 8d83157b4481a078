"""What the device knows about time, measured at each exchange. Evidence that travels with operations, never order."""

from __future__ import annotations

import msgspec

from doorstep_client.clock import Reading, instant
from sync.operation import TimeEvidence

DRIFT = 10_000
"""A quartz may drift by one part in this many (100 ppm): the bound on the error grows by it."""


class Measured(msgspec.Struct, frozen=True):
    """The server's clock, as seen in one exchange."""

    at: Reading
    """When the reply had come."""
    server_ms: int
    """Server time at that moment: what the reply said, plus half the round trip."""
    error_ms: int
    """Half the round trip: the server read its clock somewhere inside it."""


def measure(sent: Reading, received: Reading, server_ms: int) -> Measured | None:
    """Learn from one exchange; None when the device restarted during it, or the round trip has no sense."""
    round_trip_ms = received.mono_ms - sent.mono_ms
    if sent.boot != received.boot or round_trip_ms < 0:
        return None
    half = (round_trip_ms + 1) // 2
    return Measured(received, server_ms + half, half)


def evidence(now: Reading, last: Measured | None) -> TimeEvidence:
    """The evidence for something that happens now.

    Within one boot the monotonic clock carries the measured server time on, so that setting the wall clock changes
    the offset and not the truth. After a restart the last offset is all there is, and nothing bounds its error.
    """
    wall = instant(now.wall_ms)
    if last is None:
        return TimeEvidence(wall=wall, mono_ms=now.mono_ms, boot=now.boot)
    if now.boot != last.at.boot or now.mono_ms < last.at.mono_ms:
        offset_ms = last.server_ms - last.at.wall_ms
        return TimeEvidence(wall=wall, mono_ms=now.mono_ms, boot=now.boot, offset_ms=offset_ms)
    elapsed_ms = now.mono_ms - last.at.mono_ms
    return TimeEvidence(
        wall=wall,
        mono_ms=now.mono_ms,
        boot=now.boot,
        offset_ms=last.server_ms + elapsed_ms - now.wall_ms,
        error_ms=last.error_ms + -(-elapsed_ms // DRIFT),
    )
