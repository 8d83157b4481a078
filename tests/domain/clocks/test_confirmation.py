"""Asked at T−90, and the evening before for early visits; reminded at T−75; taken over at T−60. Never in the past."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.clocks.confirmation import Confirming, Schedule, schedule
from domain.clocks.wall_time import UnknownZone, wall_at
from tests.domain.clocks.words import SHANGHAI, cn, minutes

LONG_BEFORE = cn("2026-01-05 12:00")


def told(found: Schedule, to: str, zone: str = SHANGHAI) -> list[tuple[str, str]]:
    """Steps to somebody as (kind, day and wall time there)."""
    return [(step.kind, _shown(step.at, zone)) for step in found.steps if step.to == to]


def _shown(at: datetime, zone: str) -> str:
    day, minute = wall_at(at, zone)
    return f"{day:%m-%d} {minute // 60:02}:{minute % 60:02}"


def plan(visit: str, arranged: str | None = None, zone: str = SHANGHAI) -> Schedule:
    return schedule(cn(visit, zone), cn(arranged, zone) if arranged else LONG_BEFORE, zone)


def test_an_afternoon_visit_is_asked_reminded_and_taken_over() -> None:
    found = plan("2026-03-03 14:00")
    assert told(found, "technician") == [("ask", "03-03 12:30"), ("remind", "03-03 12:45")]
    assert told(found, "customer") == [("ask", "03-03 12:30"), ("remind", "03-03 12:45")]
    assert told(found, "dispatcher") == [("take_over", "03-03 13:00")]
    assert found.met_until == cn("2026-03-03 13:00")


def test_a_visit_before_ten_is_asked_about_the_evening_before_too() -> None:
    early, ten = plan("2026-03-03 09:59"), plan("2026-03-03 10:00")
    assert told(early, "customer")[:2] == [("ask_evening_before", "03-02 18:00"), ("ask", "03-03 08:29")]
    assert told(ten, "customer")[0] == ("ask", "03-03 08:30")


def test_quiet_hours_move_a_customers_message_earlier_and_never_a_technicians_alarm() -> None:
    found = schedule(
        cn("2026-03-03 09:00"), LONG_BEFORE, SHANGHAI, Confirming(early_before=0, evening_at=18 * 60)
    )
    assert told(found, "customer") == [("ask", "03-02 21:00")]
    assert found.steps[0].moved_from == cn("2026-03-03 07:30")
    assert told(found, "technician") == [("ask", "03-03 07:30"), ("remind", "03-03 07:45")]


def test_a_customer_who_was_asked_in_the_evening_is_not_asked_again_that_evening() -> None:
    assert told(plan("2026-03-03 09:00"), "customer") == [("ask_evening_before", "03-02 18:00")]


def test_the_edges_of_quiet_hours_are_not_quiet() -> None:
    found = plan("2026-03-03 09:30")
    assert told(found, "customer")[1] == ("ask", "03-03 08:00")
    assert told(plan("2026-03-03 22:30"), "customer") == [("ask", "03-03 21:00")]


def test_the_evening_is_the_sites_own() -> None:
    found = plan("2026-03-03 09:45", zone="Asia/Urumqi")
    assert told(found, "customer", "Asia/Urumqi")[0] == ("ask_evening_before", "03-02 18:00")
    assert found.steps[0].at == cn("2026-03-02 20:00")


def test_where_the_asking_had_passed_when_the_visit_was_arranged_it_is_done_at_once_and_one_time() -> None:
    found = plan("2026-03-03 14:00", "2026-03-03 12:40")
    assert told(found, "customer") == [("ask", "03-03 12:40"), ("remind", "03-03 12:45")]
    last = plan("2026-03-03 14:00", "2026-03-03 12:55")
    assert told(last, "technician") == told(last, "customer") == [("ask", "03-03 12:55")]


def test_an_evening_that_had_passed_is_not_made_up_for_where_the_asking_lies_ahead() -> None:
    found = plan("2026-03-03 09:45", "2026-03-02 19:00")
    assert told(found, "customer") == [("ask", "03-03 08:15"), ("remind", "03-03 08:30")]


def test_a_visit_arranged_too_late_goes_to_the_dispatcher_at_once() -> None:
    found = plan("2026-03-03 14:00", "2026-03-03 13:20")
    assert [(step.to, step.at) for step in found.steps] == [("dispatcher", cn("2026-03-03 13:20"))]


def test_nothing_is_sent_about_a_visit_that_has_begun() -> None:
    assert plan("2026-03-03 14:00", "2026-03-03 14:00").steps == ()


def test_a_moved_visit_is_asked_about_anew() -> None:
    moved = plan("2026-03-04 14:00", "2026-03-03 13:00")
    assert told(moved, "customer")[0] == ("ask", "03-04 12:30")


@pytest.mark.parametrize(
    ("visit", "asked"), [("2026-03-08 03:30", "03-08 01:00"), ("2026-11-01 02:15", "11-01 01:45")]
)
def test_minutes_before_a_visit_are_elapsed_time_over_a_clock_change(visit: str, asked: str) -> None:
    """By wall time the first would be asked at two o'clock, which that night did not have."""
    zone = "America/New_York"
    starts_at = cn(visit, zone)
    found = schedule(starts_at, LONG_BEFORE, zone)
    assert told(found, "technician", zone)[0] == ("ask", asked)
    assert starts_at - found.met_until == minutes(60)


def test_an_evening_in_a_gap_or_an_overlap_is_one_instant() -> None:
    zone = "America/New_York"
    for visit, expected in (("2026-03-09 05:00", "03-08 03:00"), ("2026-11-02 05:00", "11-01 01:30")):
        at = 150 if visit.startswith("2026-03") else 90
        times = Confirming(evening_at=at, quiet_from=0, quiet_until=0)
        found = schedule(cn(visit, zone), LONG_BEFORE, zone, times)
        assert told(found, "customer", zone)[0] == ("ask_evening_before", expected)


def test_an_unknown_zone_and_times_out_of_order_are_refused() -> None:
    with pytest.raises(UnknownZone):
        schedule(cn("2026-03-03 14:00"), LONG_BEFORE, "Mars/Olympus")
    with pytest.raises(ValueError, match="asked first"):
        Confirming(ask_minutes=60)
    with pytest.raises(ValueError, match="wall time"):
        Confirming(quiet_from=1440)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 366 * 24 * 60),
    st.integers(-60, 5 * 24 * 60),
    st.sampled_from([SHANGHAI, "America/New_York", "Asia/Urumqi", "Australia/Lord_Howe"]),
)
def test_any_visit_arranged_at_any_time_is_asked_rightly(at: int, ahead: int, zone: str) -> None:
    times = Confirming()
    starts_at = cn("2026-01-01 00:00") + minutes(at)
    arranged_at = starts_at - minutes(ahead)
    found = schedule(starts_at, arranged_at, zone, times)
    assert all(arranged_at <= step.at <= max(found.met_until, arranged_at) for step in found.steps)
    seen = [(step.kind, step.to) for step in found.steps]
    assert len(set(seen)) == len(seen)
    assert bool(found.steps) == (ahead > 0)
    if ahead > 0:
        assert seen.count(("take_over", "dispatcher")) == 1
    if ahead > 60:
        for to in ("technician", "customer"):
            assert found.steps and any(step.to == to and step.kind != "remind" for step in found.steps)
    for step in found.steps:
        if step.to == "customer" and step.at > arranged_at:
            assert 8 * 60 <= wall_at(step.at, zone)[1] <= 21 * 60
        if step.moved_from is not None:
            assert step.to == "customer" and timedelta(0) < step.moved_from - step.at < timedelta(hours=12)
