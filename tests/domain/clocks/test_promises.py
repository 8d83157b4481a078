"""Every row of the table of service clocks: just before its limit, at it and just after, over Spring Festival too.

2026: Saturday 14 February is worked, 15 to 23 February are off, Saturday 28 February is worked.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from domain.clocks.defaults import BOOK, CLOCKS
from domain.clocks.evidence import Evidence, at_office
from domain.clocks.rules import Case, Rule, choose
from domain.clocks.verdict import Verdict, judge
from tests.domain.clocks.words import OFFICE, SECOND, cn

MUCH_LATER = cn("2026-06-01 12:00")


class Row(msgspec.Struct, frozen=True):
    """A promise: this clock, in this case, started then, is due then."""

    name: str
    clock: str
    start: str
    due: str
    case: Case = Case()
    target: str = ""


URGENT, MAJOR, VIP = Case(severity="urgent"), Case(severity="major"), Case(tier="vip")
ALWAYS = Case(always_on=True)
PREMIUM, PREMIUM_MAJOR = Case(level="premium"), Case(level="premium", severity="major")

ROWS = [
    Row("first_reply_in_hours", "first_reply", "2026-03-03 10:00", "2026-03-03 12:00"),
    Row("first_reply_over_closing", "first_reply", "2026-03-03 17:30", "2026-03-04 10:30"),
    Row("first_reply_over_festival", "first_reply", "2026-02-14 17:00", "2026-02-24 10:00"),
    Row("first_reply_on_make_up_saturday", "first_reply", "2026-02-28 10:00", "2026-02-28 12:00"),
    Row("first_reply_at_opening", "first_reply", "2026-03-03 09:00", "2026-03-03 11:00"),
    Row("first_reply_before_opening", "first_reply", "2026-03-03 08:59", "2026-03-03 18:00"),
    Row("first_reply_at_night", "first_reply", "2026-03-03 18:00", "2026-03-04 18:00"),
    Row("first_reply_on_friday_night_before_make_up", "first_reply", "2026-02-13 20:00", "2026-02-14 18:00"),
    Row("first_reply_in_festival", "first_reply", "2026-02-17 03:00", "2026-02-24 18:00"),
    Row("first_reply_7x24", "first_reply", "2026-02-17 03:00", "2026-02-17 05:00", ALWAYS),
    Row("complaint_reply", "complaint_reply", "2026-03-03 10:00", "2026-03-03 16:00"),
    Row("complaint_reply_in_festival", "complaint_reply", "2026-02-17 22:00", "2026-02-18 04:00"),
    Row("triage", "triage", "2026-02-14 17:30", "2026-02-14 18:30"),
    Row("urgent_expert", "urgent_expert", "2026-02-17 03:00", "2026-02-17 04:00", URGENT),
    Row("technician_confirms", "technician_confirms", "2026-02-14 16:00", "2026-02-14 20:00"),
    Row(
        "visit_confirmation",
        "visit_confirmation",
        "2026-02-13 10:00",
        "2026-02-14 09:00",
        target="2026-02-14 10:00",
    ),
    Row("repair", "repair", "2026-03-03 10:00", "2026-03-06 18:00"),
    Row("repair_at_opening", "repair", "2026-03-03 09:00", "2026-03-06 18:00"),
    Row("repair_over_festival", "repair", "2026-02-12 10:00", "2026-02-24 18:00"),
    Row("repair_from_make_up_saturday", "repair", "2026-02-14 10:00", "2026-02-26 18:00"),
    Row("repair_to_make_up_saturday", "repair", "2026-02-25 10:00", "2026-02-28 18:00"),
    Row("repair_from_a_day_off", "repair", "2026-02-20 10:00", "2026-02-26 18:00"),
    Row("repair_premium_ordinary", "repair", "2026-02-14 17:00", "2026-02-15 17:00", PREMIUM),
    Row("repair_premium_major", "repair", "2026-02-14 17:00", "2026-02-17 17:00", PREMIUM_MAJOR),
    Row("delay_notice", "delay_notice", "2026-02-12 10:00", "2026-02-13 14:00", target="2026-02-14 14:00"),
    Row("report", "report", "2026-02-17 21:10", "2026-02-17 22:10"),
    Row("bad_rating", "bad_rating", "2026-02-17 21:10", "2026-02-17 22:10"),
    Row("follow_up_day_3_major", "follow_up_first", "2026-03-03 23:30", "2026-03-06 18:00", MAJOR),
    Row("follow_up_day_3_vip_in_festival", "follow_up_first", "2026-02-13 10:00", "2026-02-24 18:00", VIP),
    Row(
        "follow_up_day_3_on_make_up_saturday",
        "follow_up_first",
        "2026-02-25 10:00",
        "2026-02-28 18:00",
        URGENT,
    ),
    Row("follow_up_day_7_major", "follow_up_second", "2026-03-03 23:30", "2026-03-10 18:00", MAJOR),
    Row("follow_up_day_7_vip_in_festival", "follow_up_second", "2026-02-13 10:00", "2026-02-24 18:00", VIP),
    Row("follow_up_day_7_on_a_weekend", "follow_up_second", "2026-03-07 10:00", "2026-03-16 18:00", VIP),
]
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def promised(row: Row) -> Rule:
    rule = choose(BOOK, row.clock, row.case)
    assert rule is not None
    return rule


def evidence(row: Row, *stops: datetime) -> Evidence:
    return Evidence(
        start=at_office(cn(row.start)),
        stops=tuple(at_office(stop) for stop in stops),
        target=cn(row.target) if row.target else None,
    )


def look(row: Row, now: datetime, *stops: datetime) -> Verdict:
    return judge(promised(row), BOOK.version, OFFICE, evidence(row, *stops), now)


def test_every_clock_has_a_row() -> None:
    assert {row.clock for row in ROWS} == set(CLOCKS)


@rows
def test_done_just_before_the_limit_is_met(row: Row) -> None:
    found = look(row, MUCH_LATER, cn(row.due) - SECOND)
    assert (found.state, found.due_at, found.proven, found.left_seconds) == ("met", cn(row.due), True, 1)


@rows
def test_done_at_the_limit_is_met(row: Row) -> None:
    found = look(row, MUCH_LATER, cn(row.due))
    assert (found.state, found.proven, found.left_seconds) == ("met", True, 0)


@rows
def test_done_just_after_the_limit_is_breached(row: Row) -> None:
    found = look(row, MUCH_LATER, cn(row.due) + SECOND)
    assert (found.state, found.due_at, found.proven) == ("breached", cn(row.due), True)


@rows
def test_nothing_done_runs_up_to_the_limit_and_is_breached_after_it(row: Row) -> None:
    start, due = cn(row.start), cn(row.due)
    assert look(row, start).state == "running"
    at_limit = look(row, due)
    assert (at_limit.state, at_limit.left_seconds, at_limit.rule_version) == ("running", 0, BOOK.version)
    after = look(row, due + SECOND)
    assert (after.state, after.proven, after.warn_at) == ("breached", False, None)


@rows
def test_a_warning_comes_between_start_and_limit(row: Row) -> None:
    found = look(row, cn(row.start))
    assert found.warn_at is not None and cn(row.start) <= found.warn_at < cn(row.due)


@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("first_reply_over_closing", "2026-03-04 10:00"),
        ("first_reply_over_festival", "2026-02-24 09:30"),
        ("repair_over_festival", "2026-02-24 14:00"),
        ("visit_confirmation", "2026-02-14 08:45"),
        ("report", "2026-02-17 21:55"),
    ],
)
def test_the_warning_leaves_the_limits_own_time(name: str, warned: str) -> None:
    row = next(one for one in ROWS if one.name == name)
    assert look(row, cn(row.start)).warn_at == cn(warned)


def test_urgent_expert_and_follow_ups_are_promised_to_nobody_else() -> None:
    assert choose(BOOK, "urgent_expert", MAJOR) is None
    assert choose(BOOK, "follow_up_second", Case(tier="contract", severity="ordinary")) is None
