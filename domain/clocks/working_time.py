"""Arithmetic of working time. Without a calendar, time runs day and night.

Laws: `between(a, add(a, d)) == d`; `add(a, between(a, b)) <= b`, and `== b` where work goes on just before b;
`between(a, b) + between(b, c) == between(a, c)`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.clocks.calendar import Calendar
from domain.clocks.wall_time import wall_at

NOTHING = timedelta(0)


def add(calendar: Calendar | None, since: datetime, duration: timedelta) -> datetime:
    """The earliest instant by which `duration`, never negative, of working time has passed. Raises UnknownYear."""
    if duration < NOTHING:
        raise ValueError("working time to be added cannot be negative")
    if calendar is None:
        return since + duration
    if duration == NOTHING:
        return since
    left = duration
    for starts, ends in calendar.stretches(since):
        if left <= ends - starts:
            return starts + left
        left -= ends - starts
    raise AssertionError("a calendar's stretches have no end")


def between(calendar: Calendar | None, since: datetime, until: datetime) -> timedelta:
    """Working time from one instant to another; negative when `until` is the earlier. Raises UnknownYear."""
    if calendar is None:
        return until - since
    if until < since:
        return -between(calendar, until, since)
    return sum((ends - starts for starts, ends in calendar.stretches(since, until)), NOTHING)


def close_of_working_day(calendar: Calendar, since: datetime, days: int) -> datetime:
    """When work ends on the `days`-th working day that opens after an instant. Raises UnknownYear."""
    day = wall_at(since, calendar.zone)[0]
    left = days
    while True:
        opens, closes = calendar.opens(day), calendar.closes(day)
        if opens is not None and closes is not None and opens > since:
            left -= 1
            if left <= 0:
                return closes
        day += timedelta(days=1)


def close_of_day_after(calendar: Calendar, since: datetime, days: int) -> datetime:
    """When work ends on the `days`-th day after that of an instant; a closed day gives way to the next working day.

    Raises UnknownYear.
    """
    day = wall_at(since, calendar.zone)[0] + timedelta(days=days)
    while (closes := calendar.closes(day)) is None:
        day += timedelta(days=1)
    return closes
