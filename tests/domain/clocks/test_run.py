"""Runs keep what was said before; verdicts are sound, and do not depend on the order in which evidence arrives."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.clocks.calendar import Calendar, Hours
from domain.clocks.defaults import BOOK
from domain.clocks.evidence import Evidence, Moment, Pause
from domain.clocks.limit import Elapsed, Working
from domain.clocks.rules import Case, Rule, RuleBook
from domain.clocks.run import Run, rejudge
from domain.clocks.verdict import judge
from tests.domain.clocks.words import OFFICE, SECOND, SHANGHAI, cn, minutes, office

START = office("2026-03-03 10:00")
DUE = cn("2026-03-03 11:00")
HEARD = cn("2026-03-05 08:00")
TAP = Moment(at=DUE - minutes(5), received_at=HEARD, error_ms=60_000, device="p1")


def look(run: Run | None, evidence: Evidence, now: datetime, clock: str = "report") -> Run | None:
    return rejudge(run, [BOOK], clock, Case(), OFFICE, evidence, now)


def test_news_from_a_dark_phone_corrects_the_verdict_and_the_earlier_one_is_kept() -> None:
    evidence = Evidence(start=START, stops=(TAP,))
    run = None
    for now in (START.at, DUE, DUE + SECOND, HEARD - SECOND, HEARD, HEARD + minutes(600)):
        run = look(run, evidence, now)
    assert run is not None
    assert [earlier.verdict.state for earlier in run.history] == ["running", "breached"]
    assert [earlier.until for earlier in run.history] == [DUE + SECOND, HEARD]
    assert (run.verdict.state, run.verdict.proven) == ("met", True)


def test_looking_again_without_news_adds_nothing() -> None:
    run = look(None, Evidence(start=START), START.at)
    again = look(run, Evidence(start=START), START.at + minutes(10))
    assert run is not None and again is not None
    assert again.history == () and again.verdict.left_seconds == 50 * 60


def test_a_case_without_a_promise_has_no_run() -> None:
    assert look(None, Evidence(start=START), START.at, "urgent_expert") is None


def test_a_new_book_does_not_touch_a_run_that_began_under_the_old_one() -> None:
    stricter = RuleBook(
        version=2,
        in_force_from=cn("2026-03-03 10:30"),
        rules=(Rule(clock="report", limit=Elapsed(30), warn_minutes=5),),
    )
    run = rejudge(None, [BOOK, stricter], "report", Case(), OFFICE, Evidence(start=START), DUE)
    assert run is not None and (run.verdict.rule_version, run.verdict.due_at) == (1, DUE)
    begun_after = Evidence(start=office("2026-03-03 10:30"))
    run = rejudge(None, [BOOK, stricter], "report", Case(), OFFICE, begun_after, DUE)
    assert run is not None and (run.verdict.rule_version, run.verdict.due_at) == (2, DUE)


MORNING = cn("2026-03-03 07:00")
FAR = cn("2026-04-01 12:00")
BUSY = Calendar(
    name="busy",
    zone=SHANGHAI,
    week=((Hours(8 * 60, 10 * 60), Hours(11 * 60, 13 * 60), Hours(15 * 60, 17 * 60)),) * 7,
    made_up=(),
    holidays=None,
)
"""Many openings and closings within half a day."""
minute = st.integers(0, 60 * 12)
error = st.sampled_from([0, 0, 0, 2, 20])


def made(true_minute: int, off: int, bound: int) -> Moment:
    """A moment whose true time lies somewhere within its bound."""
    estimate = MORNING + minutes(true_minute + max(-bound, min(bound, off)))
    return Moment(at=estimate, received_at=FAR, error_ms=bound * 60_000, device="p1")


moments = st.tuples(minute, st.integers(-20, 20), error)
waits = st.lists(st.tuples(moments, moments), min_size=1, max_size=3)


def truly_met(
    calendar: Calendar | None, limit: int, start: int, stop: int, waited: list[tuple[int, int]]
) -> bool:
    """Counted minute by minute: whether the stop came no later than the limit's last minute."""
    used = 0
    for one in range(start, stop):
        if used >= limit:
            return False
        waiting = any(since <= one < until for since, until in waited)
        working = calendar is None or calendar.is_working(MORNING + minutes(one))
        used += working and not waiting
    return True


@settings(max_examples=400, deadline=None)
@given(moments, moments, waits, st.integers(1, 300), st.booleans())
def test_what_is_proven_is_true_wherever_in_their_bounds_the_moments_lie(
    start: tuple[int, int, int],
    stop: tuple[int, int, int],
    waited: list[tuple[tuple[int, int, int], tuple[int, int, int]]],
    limit: int,
    working: bool,
) -> None:
    rule = Rule(
        clock="repair",
        limit=Working(limit) if working else Elapsed(limit),
        warn_minutes=0,
        pauses=("customer",),
    )
    in_order = [(since, until) for since, until in waited if since[0] <= until[0]]
    pauses = tuple(
        Pause(since=made(*since), until=made(*until), reason="customer") for since, until in in_order
    )
    found = judge(rule, 1, BUSY, Evidence(start=made(*start), stops=(made(*stop),), pauses=pauses), FAR)
    truth = truly_met(
        BUSY if working else None, limit, start[0], stop[0], [(a[0], b[0]) for a, b in in_order]
    )
    if found.proven:
        assert (found.state == "met") == truth
    if all(one[2] == 0 for one in (start, stop, *(edge for wait in in_order for edge in wait))):
        assert found.proven and (found.state == "met") == truth


@settings(max_examples=100, deadline=None)
@given(moments, st.lists(moments, max_size=3), waits, st.permutations(range(6)), st.integers(1, 300))
def test_the_verdict_does_not_depend_on_the_order_of_arrival(
    start: tuple[int, int, int],
    stops: list[tuple[int, int, int]],
    waited: list[tuple[tuple[int, int, int], tuple[int, int, int]]],
    order: list[int],
    limit: int,
) -> None:
    rule = Rule(clock="report", limit=Working(limit), warn_minutes=5, pauses=("customer",))
    book = RuleBook(version=1, in_force_from=cn("2026-01-01 00:00"), rules=(rule,))

    def arriving(at: Moment, place: int) -> Moment:
        received = FAR + timedelta(days=order[place % len(order)])
        return msgspec.structs.replace(at, received_at=received)

    evidence = Evidence(
        start=made(*start),
        stops=tuple(arriving(made(*stop), place) for place, stop in enumerate(stops)),
        pauses=tuple(
            Pause(
                since=arriving(made(*since), place + 3),
                until=arriving(made(*until), place + 3),
                reason="customer",
            )
            for place, (since, until) in enumerate(waited)
        ),
    )
    run = None
    for days in range(9):
        run = rejudge(run, [book], "report", Case(), OFFICE, evidence, FAR + timedelta(days=days))
    fresh = rejudge(None, [book], "report", Case(), OFFICE, evidence, FAR + timedelta(days=8))
    assert run is not None and fresh is not None and run.verdict == fresh.verdict
    assert list(run.history) == sorted(run.history, key=lambda earlier: earlier.until)
