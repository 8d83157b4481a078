"""Laws of working time, on calendars with holidays, night shifts and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.clocks.calendar import Calendar, Hours
from domain.clocks.working_time import NOTHING, add, between, close_of_day_after, close_of_working_day
from tests.domain.clocks.words import OFFICE, cn, minutes

SHIFTS = (Hours(30, 150), Hours(8 * 60, 12 * 60), Hours(20 * 60, 25 * 60 + 30))
CALENDARS = {
    "office": OFFICE,
    "none": None,
    "new_york": Calendar(
        name="nights", zone="America/New_York", week=(SHIFTS,) * 7, made_up=(), holidays=None
    ),
    "lord_howe": Calendar(
        name="half hours",
        zone="Australia/Lord_Howe",
        week=((Hours(90, 120), Hours(120, 600)),) * 3 + ((),) * 4,
        made_up=(),
        holidays=None,
    ),
}
FIRST = datetime(2024, 1, 2, tzinfo=UTC)
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.__getitem__)
instants = st.integers(0, 2 * 365 * 24 * 60).map(lambda number: FIRST + timedelta(minutes=number))
later = st.integers(0, 40 * 24 * 60 * 60).map(lambda number: timedelta(seconds=number))
durations = st.integers(0, 80 * 60 * 60).map(lambda number: timedelta(seconds=number))
laws = settings(max_examples=150, deadline=None)


@laws
@given(calendars, instants, durations)
def test_time_that_was_added_is_the_time_between(
    calendar: Calendar | None, since: datetime, duration: timedelta
) -> None:
    assert between(calendar, since, add(calendar, since, duration)) == duration


@laws
@given(calendars, instants, later)
def test_adding_the_time_between_comes_to_the_same_instant_or_the_end_of_work_before_it(
    calendar: Calendar | None, since: datetime, more: timedelta
) -> None:
    until = since + more
    found = add(calendar, since, between(calendar, since, until))
    assert found <= until
    assert between(calendar, found, until) == NOTHING


@laws
@given(calendars, instants, later, later)
def test_stretches_of_time_add_up(
    calendar: Calendar | None, since: datetime, one: timedelta, other: timedelta
) -> None:
    middle, until = since + one, since + one + other
    whole = between(calendar, since, until)
    assert whole == between(calendar, since, middle) + between(calendar, middle, until)
    assert between(calendar, until, since) == -whole


@laws
@given(calendars, instants, durations, durations)
def test_more_time_is_never_due_earlier(
    calendar: Calendar | None, since: datetime, one: timedelta, other: timedelta
) -> None:
    assert add(calendar, since, one) <= add(calendar, since, one + other)
    assert add(calendar, add(calendar, since, one), other) == add(calendar, since, one + other)


@laws
@given(instants, later, st.integers(1, 9))
def test_a_later_start_is_never_due_earlier(since: datetime, more: timedelta, days: int) -> None:
    for close in (close_of_working_day, close_of_day_after):
        assert since < close(OFFICE, since, days) <= close(OFFICE, since + more, days)


def test_working_time_crosses_spring_festival_and_a_make_up_saturday() -> None:
    assert add(OFFICE, cn("2026-02-13 17:00"), minutes(120)) == cn("2026-02-14 10:00")
    assert add(OFFICE, cn("2026-02-14 17:00"), minutes(120)) == cn("2026-02-24 10:00")
    assert between(OFFICE, cn("2026-02-13 17:00"), cn("2026-02-24 10:00")) == minutes(60 + 9 * 60 + 60)


def test_days_count_from_the_next_opening() -> None:
    assert close_of_working_day(OFFICE, cn("2026-02-12 10:00"), 3) == cn("2026-02-24 18:00")
    assert close_of_working_day(OFFICE, cn("2026-02-12 08:59"), 3) == cn("2026-02-14 18:00")
    assert close_of_day_after(OFFICE, cn("2026-02-13 10:00"), 3) == cn("2026-02-24 18:00")
