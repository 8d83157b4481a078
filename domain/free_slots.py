"""Times that a technician can still offer: inside shifts, outside absences, training and other visits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from domain.clocks.wall_time import wall_at
from sync.record import Record

Span = tuple[datetime, datetime]
"""From, until: aware, and the end is not in it."""


class Offering(msgspec.Struct, frozen=True, kw_only=True):
    """How times are offered."""

    step_minutes: int = 30
    """Starts lie on multiples of this after the hour."""
    way_minutes: int = 30
    """Kept free before and after every other visit."""
    notice_minutes: int = 120
    """Nothing earlier than this from now, so that it can still be confirmed an hour ahead."""
    days: int = 7
    a_day: int = 3
    most: int = 9


DEFAULT = Offering()


def free_slots(
    shifts: Iterable[Span],
    busy: Iterable[Span],
    length: timedelta,
    now: datetime,
    zone: str,
    offering: Offering = DEFAULT,
) -> list[Span]:
    """The next free times of this length, in order and apart, a few on each day of the zone. Raises UnknownZone."""
    way = timedelta(minutes=offering.way_minutes)
    taken = sorted((starts - way, ends + way) for starts, ends in busy)
    earliest = now + timedelta(minutes=offering.notice_minutes)
    latest = now + timedelta(days=offering.days)
    found: list[Span] = []
    on_day: dict[object, int] = {}
    for starts in sorted(
        {one for shift in shifts for one in _starts(shift, length, earliest, latest, offering)}
    ):
        ends, day = starts + length, wall_at(starts, zone)[0]
        if found and starts < found[-1][1]:
            continue
        if on_day.get(day, 0) >= offering.a_day or any(
            starts < until and since < ends for since, until in taken
        ):
            continue
        on_day[day] = on_day.get(day, 0) + 1
        found.append((starts, ends))
        if len(found) == offering.most:
            break
    return found


def _starts(
    shift: Span, length: timedelta, earliest: datetime, latest: datetime, offering: Offering
) -> Iterator[datetime]:
    starts, ends = shift
    at = max(starts, earliest)
    step = timedelta(minutes=offering.step_minutes)
    hour = at.replace(minute=0, second=0, microsecond=0)
    at = hour + -(-(at - hour) // step) * step
    while at + length <= ends and at < latest:
        yield at
        at += step


def worked(shifts: Sequence[Record]) -> list[Span]:
    """The stretches in which somebody works."""
    return [_span(one) for one in shifts if _holds(one) and one.fields.get("kind") in ("work", "on_call")]


def away(shifts: Sequence[Record]) -> list[Span]:
    """The stretches in which nobody can be sent, whatever shift they lie in."""
    return [_span(one) for one in shifts if _holds(one) and one.fields.get("kind") in ("absence", "training")]


def _holds(shift: Record) -> bool:
    return not shift.deleted and not shift.fields.get("dropped")


def _span(record: Record) -> Span:
    return (
        datetime.fromisoformat(record.fields["starts_at"]),
        datetime.fromisoformat(record.fields["ends_at"]),
    )
