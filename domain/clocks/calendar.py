"""When an outlet works: hours by weekday in its own zone, public holidays with make-up workdays, days of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

import msgspec

from domain.clocks.holidays import Holidays, UnknownYear
from domain.clocks.wall_time import MINUTES_OF_A_DAY, first_instant, last_instant, wall_at

Stretch = tuple[datetime, datetime]


class Hours(msgspec.Struct, frozen=True, order=True):
    """One stretch of a day's work, in minutes after midnight; an end past 1,440 lies in the next day."""

    starts: int
    ends: int

    def __post_init__(self) -> None:
        if not 0 <= self.starts < MINUTES_OF_A_DAY or not self.starts < self.ends <= 2 * MINUTES_OF_A_DAY:
            raise ValueError(
                "hours must start within the day, and end after that and before the next day ends"
            )


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """An outlet's working hours. Raises ValueError for hours that overlap or a week without any."""

    name: str
    zone: str
    """IANA zone."""
    week: tuple[tuple[Hours, ...], ...]
    """Seven days, Monday first."""
    made_up: tuple[Hours, ...]
    """Hours of a weekend day that makes up for a holiday."""
    holidays: Holidays | None
    """None: public holidays are days like others."""
    own_days: Mapping[date, tuple[Hours, ...]] = {}
    """Days on which this outlet keeps other hours; none at all: closed. They go before public holidays."""

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days, and hours on one of them at least")
        for day in (*self.week, self.made_up, *self.own_days.values()):
            if any(left.ends > right.starts for left, right in pairwise(day)):
                raise ValueError("hours of a day must be in order and apart")
        wall_at(_ANY_INSTANT, self.zone)

    def hours(self, day: date) -> tuple[Hours, ...]:
        """The hours of a day; none: closed. Raises UnknownYear."""
        if day in self.own_days:
            return self.own_days[day]
        if self.holidays is not None:
            year = self.holidays.year(day.year)
            if day in year.made_up:
                return self.made_up
            if day in year.closed:
                return ()
        return self.week[day.weekday()]

    def stretches(self, since: datetime, until: datetime | None = None) -> Iterator[Stretch]:
        """Working stretches from an instant on, in order and apart, the first cut at `since`, the last at `until`.

        Endless without `until`. Raises UnknownYear when it comes to a day whose year is not known.
        """
        last_day = None if until is None else wall_at(until, self.zone)[0]
        day = wall_at(since, self.zone)[0] - timedelta(days=self._nights)
        reached = since
        while last_day is None or day <= last_day:
            for hours in self.hours(day):
                starts = max(reached, first_instant(day, hours.starts, self.zone))
                ends = last_instant(day, hours.ends, self.zone)
                if until is not None:
                    ends = min(ends, until)
                if starts < ends:
                    yield starts, ends
                    reached = ends
            day += timedelta(days=1)

    def opens(self, day: date) -> datetime | None:
        """The instant at which work begins on a day; None: closed. Raises UnknownYear."""
        hours = self.hours(day)
        return first_instant(day, hours[0].starts, self.zone) if hours else None

    def closes(self, day: date) -> datetime | None:
        """The instant at which the day's work ends; None: closed. Raises UnknownYear."""
        hours = self.hours(day)
        return last_instant(day, hours[-1].ends, self.zone) if hours else None

    def is_working(self, at: datetime) -> bool:
        """Whether somebody works at an instant: the opening instant yes, the closing one no. Raises UnknownYear."""
        day = wall_at(at, self.zone)[0]
        return any(
            first_instant(one, hours.starts, self.zone) <= at < last_instant(one, hours.ends, self.zone)
            for one in (day - timedelta(days=back) for back in range(self._nights, -1, -1))
            for hours in self.hours(one)
        )

    def known_until(self, unknown: UnknownYear) -> datetime:
        """The first instant of a year that is not known."""
        return first_instant(date(unknown.year, 1, 1), 0, self.zone)

    @property
    def _nights(self) -> int:
        """How many days before a day may reach into it."""
        days = (*self.week, self.made_up, *self.own_days.values())
        return 1 if any(hours.ends > MINUTES_OF_A_DAY for day in days for hours in day) else 0


_ANY_INSTANT = datetime.fromisoformat("2024-01-01T00:00:00+00:00")


def office_hours(
    name: str, zone: str, holidays: Holidays | None, starts: int = 9 * 60, ends: int = 18 * 60
) -> Calendar:
    """Monday to Friday and make-up workdays, one stretch a day, in minutes after midnight."""
    day = (Hours(starts, ends),)
    return Calendar(name=name, zone=zone, week=(day,) * 5 + ((),) * 2, made_up=day, holidays=holidays)
