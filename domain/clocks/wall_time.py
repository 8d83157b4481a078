"""Wall time in a named zone, where clocks go forward over a gap and back over an overlap.

Instants are aware UTC. A wall time is a day and a minute of it; minutes from 1,440 on lie in the following days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from whenever import Instant, PlainDateTime, RepeatedTime, SkippedTime, TimeZoneNotFoundError, ZonedDateTime

MINUTES_OF_A_DAY = 24 * 60


class UnknownZone(ValueError):
    """No IANA zone has this name."""


class SkippedWallTime(ValueError):
    """A time that no clock there showed: clocks went forward over it."""


class RepeatedWallTime(ValueError):
    """A time that clocks there showed twice: a person must say which. Both instants come along."""

    def __init__(self, said: str, earlier: datetime, later: datetime) -> None:
        super().__init__(said)
        self.earlier = earlier
        self.later = later


def meant(day: date, minute: int, zone: str, which: Literal["earlier", "later"] | None = None) -> datetime:
    """The instant that a person means by a wall time; `which` answers for a time that comes twice.

    Raises SkippedWallTime, RepeatedWallTime (when `which` is not given) and UnknownZone.
    """
    wall = _wall(day, minute)
    try:
        return _utc(_in_zone(wall, zone, "raise"))
    except SkippedTime:
        raise SkippedWallTime(f"{wall} does not exist in {zone}: clocks go forward over it") from None
    except RepeatedTime:
        earlier, later = (_utc(_in_zone(wall, zone, side)) for side in ("earlier", "later"))
        if which is None:
            raise RepeatedWallTime(f"{wall} comes twice in {zone}", earlier, later) from None
        return earlier if which == "earlier" else later


def first_instant(day: date, minute: int, zone: str) -> datetime:
    """The first instant at which clocks show this time or, over a gap, a later one: where a stretch of time begins."""
    return _boundary(day, minute, zone, "earlier")


def last_instant(day: date, minute: int, zone: str) -> datetime:
    """The last instant at which clocks show this time; over a gap, the end of the gap: where a stretch of time ends."""
    return _boundary(day, minute, zone, "later")


def wall_at(at: datetime, zone: str) -> tuple[date, int]:
    """Day and minute that clocks in the zone show at an instant. Raises UnknownZone."""
    try:
        shown = Instant(at).to_tz(zone)
    except TimeZoneNotFoundError:
        raise UnknownZone(f"no time zone is named {zone}") from None
    return date(shown.year, shown.month, shown.day), shown.hour * 60 + shown.minute


def _boundary(day: date, minute: int, zone: str, side: Literal["earlier", "later"]) -> datetime:
    wall = _wall(day, minute)
    try:
        return _utc(_in_zone(wall, zone, "raise"))
    except RepeatedTime:
        return _utc(_in_zone(wall, zone, side))
    except SkippedTime:
        return _change_between(_in_zone(wall, zone, "earlier"), _in_zone(wall, zone, "later"), zone)


def _change_between(before: ZonedDateTime, after: ZonedDateTime, zone: str) -> datetime:
    """The second at which the zone's offset changes, between two instants on either side of one change."""
    low, high = round(before.timestamp()), round(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if Instant.from_timestamp(middle).to_tz(zone).offset == before.offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _wall(day: date, minute: int) -> PlainDateTime:
    days, rest = divmod(minute, MINUTES_OF_A_DAY)
    on = day + timedelta(days=days)
    return PlainDateTime(on.year, on.month, on.day, rest // 60, rest % 60)


def _in_zone(wall: PlainDateTime, zone: str, side: Literal["raise", "earlier", "later"]) -> ZonedDateTime:
    try:
        return wall.assume_tz(zone, disambiguation=side)
    except TimeZoneNotFoundError:
        raise UnknownZone(f"no time zone is named {zone}") from None


def _utc(shown: ZonedDateTime) -> datetime:
    return shown.to_instant().to_stdlib().astimezone(UTC)
