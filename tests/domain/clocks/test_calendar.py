"""Business calendars: announced holidays, make-up workdays, an outlet's own days, and years that nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.clocks.calendar import Calendar, Hours, office_hours
from domain.clocks.chinese_holidays import CHINA
from domain.clocks.holidays import HolidayYear, UnknownYear, holidays, read_years
from domain.clocks.wall_time import UnknownZone
from domain.clocks.working_time import add, between
from tests.domain.clocks.words import OFFICE, SHANGHAI, cn, minutes

NINE_TO_SIX = (Hours(9 * 60, 18 * 60),)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-02-09", True),  # New Year's Eve was not a day off that year
        ("2024-02-18", True),  # a make-up Sunday
        ("2024-10-12", True),
        ("2025-01-28", False),
        ("2025-01-26", True),
        ("2026-01-04", True),
        ("2026-02-14", True),  # the make-up Saturday before Spring Festival
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2026-06-20", False),
        ("2026-10-08", True),
    ],
)
def test_days_off_and_make_up_workdays_are_as_announced(day: str, works: bool) -> None:
    assert bool(OFFICE.hours(date.fromisoformat(day))) is works


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_published(year: int, working_days: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    assert sum(bool(OFFICE.hours(day)) for day in days if day.year == year) == working_days


def test_every_year_names_its_announcement() -> None:
    assert all(f"{year}年" in CHINA.years[year].source for year in CHINA.years)


def test_a_year_without_announcement_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(UnknownYear, match="2027") as told:
        add(OFFICE, cn("2026-12-31 17:00"), minutes(120))
    assert OFFICE.known_until(told.value) == cn("2027-01-01 00:00")


def test_time_that_ends_before_an_unknown_year_needs_nothing_of_it() -> None:
    assert between(OFFICE, cn("2026-12-31 17:00"), cn("2026-12-31 23:59")) == minutes(60)
    assert add(OFFICE, cn("2026-12-31 17:00"), minutes(60)) == cn("2026-12-31 18:00")


def test_a_company_enters_a_year_by_itself() -> None:
    entered = read_years(
        b'[{"year": 2027, "source": "announced", "closed": ["2027-01-01"], "made_up": ["2027-01-02"]}]'
    )
    calendar = office_hours("own", SHANGHAI, holidays([*CHINA.years.values(), *entered]))
    assert add(calendar, cn("2026-12-31 17:00"), minutes(120)) == cn("2027-01-02 10:00")


@pytest.mark.parametrize(
    ("closed", "made_up", "said"),
    [
        ((date(2026, 1, 1),), (), "must lie in it"),
        ((date(2027, 1, 2),), (date(2027, 1, 2),), "both"),
        ((), (date(2027, 1, 1),), "weekday already"),
    ],
    ids=["another_year", "both", "weekday"],
)
def test_a_wrong_year_is_refused(closed: tuple[date, ...], made_up: tuple[date, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        HolidayYear(year=2027, source="announced", closed=closed, made_up=made_up)


def test_an_outlets_own_days_go_before_public_holidays() -> None:
    calendar = Calendar(
        name="own",
        zone=SHANGHAI,
        week=(NINE_TO_SIX,) * 5 + ((),) * 2,
        made_up=NINE_TO_SIX,
        holidays=CHINA,
        own_days={date(2026, 2, 17): (Hours(600, 660),), date(2026, 2, 24): ()},
    )
    assert between(calendar, cn("2026-02-15 00:00"), cn("2026-02-25 00:00")) == minutes(60)


def test_shifts_have_breaks_and_run_past_midnight() -> None:
    shift = (Hours(8 * 60, 12 * 60), Hours(13 * 60, 17 * 60), Hours(22 * 60, 26 * 60))
    calendar = Calendar(
        name="shifts", zone=SHANGHAI, week=(shift,) * 5 + ((),) * 2, made_up=(), holidays=None
    )
    assert between(calendar, cn("2026-11-20 00:00"), cn("2026-11-21 00:00")) == minutes(60 * 12)
    assert calendar.is_working(cn("2026-11-21 01:59")) and not calendar.is_working(cn("2026-11-21 02:00"))
    assert add(calendar, cn("2026-11-20 23:00"), minutes(180)) == cn("2026-11-21 02:00")
    assert add(calendar, cn("2026-11-20 23:00"), minutes(181)) == cn("2026-11-23 08:01")


def test_hours_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="start within"):
        Hours(600, 600)
    with pytest.raises(ValueError, match="seven days"):
        Calendar(name="none", zone=SHANGHAI, week=((),) * 7, made_up=(), holidays=None)
    with pytest.raises(ValueError, match="in order"):
        day = (Hours(600, 700), Hours(690, 800))
        Calendar(name="overlap", zone=SHANGHAI, week=(day,) * 7, made_up=(), holidays=None)
    with pytest.raises(UnknownZone):
        office_hours("nowhere", "Mars/Olympus", None)


def test_the_opening_instant_is_working_time_and_the_closing_one_is_not() -> None:
    assert OFFICE.is_working(cn("2026-02-14 09:00")) and not OFFICE.is_working(cn("2026-02-14 18:00"))
