"""Gaps are refused, overlaps are asked; working hours over either are neither lost nor counted twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.clocks.calendar import Calendar, Hours
from domain.clocks.wall_time import (
    RepeatedWallTime,
    SkippedWallTime,
    UnknownZone,
    first_instant,
    last_instant,
    meant,
    wall_at,
)
from domain.clocks.working_time import add, between
from tests.domain.clocks.words import minutes

NEW_YORK = "America/New_York"
GAP, OVERLAP = date(2026, 3, 8), date(2026, 11, 1)
HALF_PAST_ONE, HALF_PAST_TWO = 90, 150


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_wall_time_in_a_gap_is_refused() -> None:
    with pytest.raises(SkippedWallTime, match="does not exist"):
        meant(GAP, HALF_PAST_TWO, NEW_YORK)


def test_a_wall_time_in_an_overlap_is_asked_and_both_answers_work() -> None:
    with pytest.raises(RepeatedWallTime, match="twice") as asked:
        meant(OVERLAP, HALF_PAST_ONE, NEW_YORK)
    assert (asked.value.earlier, asked.value.later) == (utc("2026-11-01T05:30"), utc("2026-11-01T06:30"))
    assert meant(OVERLAP, HALF_PAST_ONE, NEW_YORK, "earlier") == asked.value.earlier
    assert meant(OVERLAP, HALF_PAST_ONE, NEW_YORK, "later") == asked.value.later


def test_a_plain_wall_time_is_meant_as_said() -> None:
    assert meant(GAP, 12 * 60, NEW_YORK) == utc("2026-03-08T16:00")
    assert wall_at(utc("2026-03-08T16:00"), NEW_YORK) == (GAP, 12 * 60)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(UnknownZone, match="Mars"):
        meant(GAP, 0, "Mars/Olympus")
    with pytest.raises(UnknownZone, match="Mars"):
        wall_at(utc("2026-03-08T16:00"), "Mars/Olympus")


def test_a_boundary_in_a_gap_lies_where_the_clocks_change() -> None:
    change = utc("2026-03-08T07:00")
    assert first_instant(GAP, HALF_PAST_TWO, NEW_YORK) == change
    assert last_instant(GAP, HALF_PAST_TWO, NEW_YORK) == change


@pytest.mark.parametrize(
    ("day", "worked"), [("2026-03-07", 180), ("2026-03-08", 120), ("2026-11-01", 240)], ids=str
)
def test_night_hours_are_as_long_as_that_night(day: str, worked: int) -> None:
    night = (Hours(60, 240),)
    calendar = Calendar(name="night", zone=NEW_YORK, week=(night,) * 7, made_up=(), holidays=None)
    starts, ends = (first_instant(date.fromisoformat(day), at, NEW_YORK) for at in (0, 12 * 60))
    assert between(calendar, starts, ends) == minutes(worked)
    assert add(calendar, starts, minutes(worked)) == last_instant(date.fromisoformat(day), 240, NEW_YORK)


def test_hours_that_begin_or_end_in_an_overlap_take_both_passes() -> None:
    assert first_instant(OVERLAP, HALF_PAST_ONE, NEW_YORK) == utc("2026-11-01T05:30")
    assert last_instant(OVERLAP, HALF_PAST_ONE, NEW_YORK) == utc("2026-11-01T06:30")


def test_hours_that_lie_in_a_gap_altogether_are_no_time() -> None:
    gone = (Hours(125, 175), Hours(9 * 60, 10 * 60))
    calendar = Calendar(name="gone", zone=NEW_YORK, week=(gone,) * 7, made_up=(), holidays=None)
    day = first_instant(GAP, 0, NEW_YORK), first_instant(GAP, 24 * 60, NEW_YORK)
    assert between(calendar, *day) == minutes(60)
