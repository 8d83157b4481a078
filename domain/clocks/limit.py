"""How long a promise gives: the forms that a limit has, and what each means for a start."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from domain.clocks.calendar import Calendar
from domain.clocks.working_time import between, close_of_day_after, close_of_working_day


class Elapsed(msgspec.Struct, frozen=True, tag="elapsed"):
    """So many minutes, day and night."""

    minutes: int


class Working(msgspec.Struct, frozen=True, tag="working"):
    """So many minutes of working time."""

    minutes: int


class WorkingDays(msgspec.Struct, frozen=True, tag="working_days"):
    """Until work ends on the n-th working day that opens after the start."""

    days: int


class InHoursElse(msgspec.Struct, frozen=True, tag="in_hours_else"):
    """So many minutes of working time for what starts while somebody works; working days for the rest."""

    minutes: int
    days: int


class DaysAfter(msgspec.Struct, frozen=True, tag="days_after"):
    """Until work ends on the n-th day after, weekends counted; a closed day gives way to the next working day."""

    days: int


class Before(msgspec.Struct, frozen=True, tag="before"):
    """At the latest so many minutes before a planned moment, whenever the clock starts."""

    minutes: int


Limit = Elapsed | Working | WorkingDays | InHoursElse | DaysAfter | Before


class Allowance(msgspec.Struct, frozen=True):
    """What a limit comes to for one start: a duration on a calendar. `calendar` None: day and night."""

    calendar: Calendar | None
    duration: timedelta


def allowance(limit: Limit, start: datetime, calendar: Calendar, target: datetime | None = None) -> Allowance:
    """The time that a limit gives to a start. `target`: the planned moment, needed for `Before`.

    A start after the last moment of `Before` is given the time until `target`. Raises UnknownYear.
    """
    match limit:
        case Elapsed(minutes):
            return Allowance(None, timedelta(minutes=minutes))
        case Working(minutes):
            return Allowance(calendar, timedelta(minutes=minutes))
        case WorkingDays(days):
            return Allowance(calendar, between(calendar, start, close_of_working_day(calendar, start, days)))
        case InHoursElse(minutes, days):
            inside = calendar.is_working(start)
            return allowance(Working(minutes) if inside else WorkingDays(days), start, calendar)
        case DaysAfter(days):
            return Allowance(calendar, between(calendar, start, close_of_day_after(calendar, start, days)))
        case Before():
            planned = _planned(target)
            due = planned if is_too_late(limit, start, planned) else last_moment(limit, planned)
            return Allowance(None, max(due - start, timedelta(0)))


def is_too_late(limit: Limit, start: datetime, target: datetime | None) -> bool:
    """Whether a clock starts when the last moment of its `Before` has passed already."""
    return isinstance(limit, Before) and start > last_moment(limit, _planned(target))


def last_moment(limit: Before, target: datetime) -> datetime:
    """The last moment at which `Before` is kept; at that moment it still is."""
    return target - timedelta(minutes=limit.minutes)


def _planned(target: datetime | None) -> datetime:
    if target is None:
        raise ValueError("a limit before a planned moment needs that moment")
    return target
