"""Public holidays and the workdays that make up for them, year by year as announced; any other year is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec


class UnknownYear(LookupError):
    """Nobody has announced this year's holidays yet, or they were not entered. Nothing is guessed."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"the public holidays of {year} are not known here: enter them as announced for that year"
        )
        self.year = year


class HolidayYear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One year as its government announced it."""

    year: int
    source: str
    """The announcement, by title and number."""
    closed: tuple[date, ...]
    """Days off, weekend days among them included."""
    made_up: tuple[date, ...]
    """Weekend days that are worked."""

    def __post_init__(self) -> None:
        if any(day.year != self.year for day in (*self.closed, *self.made_up)):
            raise ValueError(f"every day of a holiday year must lie in it, which is {self.year}")
        if both := set(self.closed) & set(self.made_up):
            raise ValueError(f"{min(both)} cannot be both a day off and a workday")
        if midweek := [day for day in self.made_up if day.weekday() < 5]:
            raise ValueError(f"{min(midweek)} is a weekday already and makes up for nothing")
        if not self.source:
            raise ValueError(f"holidays of {self.year} must name their source")


class Holidays(msgspec.Struct, frozen=True):
    """The years of one country or region that are known."""

    years: Mapping[int, HolidayYear]

    def year(self, year: int) -> HolidayYear:
        """A year as announced. Raises UnknownYear."""
        try:
            return self.years[year]
        except KeyError:
            raise UnknownYear(year) from None


def holidays(years: Iterable[HolidayYear]) -> Holidays:
    """A table of years; a later one of the same number takes the place of an earlier one."""
    return Holidays({year.year: year for year in years})


def read_years(data: bytes) -> list[HolidayYear]:
    """Years that a company enters itself: a JSON list of `{year, source, closed, made_up}`. Raises ValueError."""
    return msgspec.json.decode(data, type=list[HolidayYear])
