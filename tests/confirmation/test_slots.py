"""Times that are offered are really free."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.free_slots import Offering, Span, free_slots

ZONE = "Asia/Shanghai"
NOW = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
HOUR = timedelta(hours=1)


def span(starts: str, ends: str, day: int = 2) -> Span:
    """Wall time in UTC of a day of March."""
    return tuple(datetime.fromisoformat(f"2026-03-{day:02}T{one}:00+00:00") for one in (starts, ends))  # type: ignore[return-value]


def starts(found: list[Span]) -> list[str]:
    """The starts, shortly."""
    return [f"{one:%dT%H:%M}" for one, _ in found]


def test_inside_a_shift_a_few_a_day() -> None:
    assert starts(free_slots([span("01:00", "09:00")], [], HOUR, NOW, ZONE)) == [
        "02T02:00",
        "02T03:00",
        "02T04:00",
    ]


def test_outside_every_shift_there_are_none() -> None:
    assert free_slots([], [], HOUR, NOW, ZONE) == []
    assert free_slots([span("02:00", "02:59")], [], HOUR, NOW, ZONE) == []


def test_another_visit_keeps_its_time_and_the_way_to_it_and_from_it() -> None:
    found = free_slots([span("02:00", "07:00")], [span("03:00", "04:00")], HOUR, NOW, ZONE)
    assert starts(found) == ["02T04:30", "02T05:30"]


def test_an_absence_inside_a_shift_counts() -> None:
    assert starts(free_slots([span("02:00", "09:00")], [span("02:00", "06:00")], HOUR, NOW, ZONE)) == [
        "02T06:30",
        "02T07:30",
    ]


def test_nothing_is_offered_too_soon_or_too_late() -> None:
    shifts = [span("00:00", "23:00", day) for day in (2, 20)]
    assert starts(free_slots(shifts, [], HOUR, NOW, ZONE))[0] == "02T02:00"
    assert not any(one.startswith("20") for one in starts(free_slots(shifts, [], HOUR, NOW, ZONE)))


def test_a_day_is_a_day_of_the_site() -> None:
    found = free_slots([span("10:00", "23:30")], [], HOUR, NOW, ZONE, Offering(a_day=1))
    assert starts(found) == ["02T10:00", "02T16:00"], "16:00 in UTC is midnight in Shanghai"


_MINUTES = st.integers(0, 7 * 24 * 60)
_SPANS = st.lists(
    st.tuples(_MINUTES, st.integers(1, 900)).map(
        lambda one: (NOW + timedelta(minutes=one[0]), NOW + timedelta(minutes=sum(one)))
    ),
    max_size=12,
)


@given(shifts=_SPANS, busy=_SPANS, minutes=st.integers(30, 480))
def test_every_time_that_is_offered_lies_in_one_shift_and_touches_nothing(
    shifts: list[Span], busy: list[Span], minutes: int
) -> None:
    length = timedelta(minutes=minutes)
    found = free_slots(shifts, busy, length, NOW, ZONE)
    way = timedelta(minutes=30)
    for since, until in found:
        assert until - since == length and since >= NOW + timedelta(hours=2)
        assert any(one <= since and until <= other for one, other in shifts)
        assert all(until <= one - way or other + way <= since for one, other in busy)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert len(found) <= 9
