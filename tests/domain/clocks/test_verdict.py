"""Verdicts from evidence that was made offline, with error bounds, pauses, excuses and cancellations."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from domain.clocks.defaults import BOOK
from domain.clocks.evidence import Evidence, Excuse, Moment, Pause, as_recorded, at_office, on_device
from domain.clocks.limit import Elapsed, Working
from domain.clocks.rules import Case, Rule, choose
from domain.clocks.verdict import Verdict, judge
from sync.operation import TimeEvidence
from tests.domain.clocks.words import OFFICE, SECOND, cn, minutes, office

HOUR_RULE = Rule(
    clock="report", limit=Elapsed(60), warn_minutes=15, pauses=("customer",), excuses=("clock_uncertain",)
)
DAYS_LATER = cn("2026-03-06 09:00")
START = office("2026-03-03 10:00")
DUE = cn("2026-03-03 11:00")


def look(evidence: Evidence, now: datetime = DAYS_LATER, rule: Rule = HOUR_RULE) -> Verdict:
    return judge(rule, 1, OFFICE, evidence, now)


def phone(at: datetime, error: timedelta | None = timedelta(0), **more: object) -> Moment:
    error_ms = None if error is None else error // timedelta(milliseconds=1)
    given = {"received_at": DAYS_LATER, "device": "p1", **more}
    return Moment(at=at, error_ms=error_ms, **given)  # type: ignore[arg-type]


def shipped(clock: str, case: Case | None = None) -> Rule:
    rule = choose(BOOK, clock, case or Case())
    assert rule is not None
    return rule


def test_a_stop_made_offline_counts_when_it_happened_not_when_it_arrived() -> None:
    evidence = Evidence(start=START, stops=(phone(DUE - minutes(5), minutes(2)),))
    assert look(evidence, DAYS_LATER - SECOND).state == "breached"
    found = look(evidence)
    assert (found.state, found.proven, found.flags) == ("met", True, ("heard_late",))
    assert found.stop is not None and found.stop.received_at == DAYS_LATER


@pytest.mark.parametrize(
    ("ahead_seconds", "state", "proven"),
    [
        (121, "met", True),
        (120, "met", True),
        (119, "breached", False),
        (0, "breached", False),
        (-120, "breached", False),
        (-121, "breached", True),
    ],
)
def test_met_only_if_the_late_edge_of_the_error_bound_is_within_the_limit(
    ahead_seconds: int, state: str, proven: bool
) -> None:
    stop = phone(DUE - ahead_seconds * SECOND, minutes(2))
    found = look(Evidence(start=START, stops=(stop,)))
    assert (found.state, found.proven) == (state, proven)
    assert ("not_proven" in found.flags) is (state == "breached" and not proven)


def test_an_uncertain_start_is_proven_from_its_early_edge() -> None:
    start = phone(START.at, minutes(2))
    just, over = (
        look(Evidence(start=start, stops=(at_office(DUE - minutes(2) + more),)))
        for more in (0 * SECOND, SECOND)
    )
    assert (just.state, over.state, over.proven) == ("met", "breached", False)
    assert look(Evidence(start=start, stops=(at_office(DUE + minutes(2) + SECOND),))).proven


def test_nothing_happened_after_it_was_received() -> None:
    stop = phone(DUE - SECOND, minutes(30), received_at=DUE)
    assert look(Evidence(start=START, stops=(stop,))).state == "met"


def test_a_clock_that_was_never_compared_proves_only_by_what_the_server_knows() -> None:
    silent = phone(DUE - minutes(30), None)
    found = look(Evidence(start=START, stops=(silent,)))
    assert (found.state, found.proven) == ("breached", False)
    assert {"clock_unmeasured", "not_proven"} <= set(found.flags)
    in_time = msgspec.structs.replace(silent, received_at=DUE)
    assert look(Evidence(start=START, stops=(in_time,))).state == "met"
    after = msgspec.structs.replace(silent, not_before=DUE + SECOND)
    assert look(Evidence(start=START, stops=(after,))).proven


def test_a_phone_set_back_gains_nothing() -> None:
    set_back = phone(DUE - minutes(40), minutes(1), not_before=DUE + minutes(20))
    found = look(Evidence(start=START, stops=(set_back,)))
    assert (found.state, found.proven) == ("breached", True)
    assert "clock_contradicts" in found.flags


def test_an_unmeasured_start_proves_nothing_met() -> None:
    found = look(Evidence(start=phone(START.at, None), stops=(at_office(DUE - minutes(30)),)))
    assert (found.state, found.proven) == ("breached", False)


@pytest.mark.parametrize(("mono_ms", "state"), [(3_600_000, "met"), (3_600_001, "breached")])
def test_one_device_in_one_boot_is_judged_by_the_clock_that_no_one_can_set(mono_ms: int, state: str) -> None:
    """Done and handed over on one dark phone, whose date was never right and was set in between."""
    done = phone(cn("2020-01-01 00:00"), None, boot="b1", mono_ms=0)
    handed_over = phone(cn("2031-01-01 00:00"), None, boot="b1", mono_ms=mono_ms)
    found = look(Evidence(start=done, stops=(handed_over,)))
    assert (found.state, found.proven) == (state, True)
    reboot = msgspec.structs.replace(handed_over, boot="b2")
    assert not look(Evidence(start=done, stops=(reboot,))).proven


def test_waiting_counts_on_one_device_too() -> None:
    evidence = Evidence(
        start=phone(START.at, boot="b1"),
        stops=(phone(START.at + minutes(90), boot="b1", mono_ms=90 * 60_000),),
        pauses=(paused("2026-03-03 10:30", "2026-03-03 11:10"),),
    )
    assert look(evidence).state == "met"


def test_the_smallest_lateness_shows() -> None:
    stop = at_office(DUE + timedelta(milliseconds=400))
    assert look(Evidence(start=START, stops=(stop,))).left_seconds == -1


def test_the_first_of_several_stops_counts() -> None:
    tap, delivered = phone(DUE - minutes(10), minutes(1)), at_office(DUE + minutes(30))
    found = look(Evidence(start=START, stops=(delivered, tap)))
    assert (found.state, found.stop) == ("met", tap)


def test_a_stop_before_the_start_is_met() -> None:
    assert look(Evidence(start=START, stops=(at_office(START.at - minutes(3)),))).state == "met"


def paused(since: str, until: str | None, reason: str = "customer") -> Pause:
    return Pause(since=office(since), until=None if until is None else office(until), reason=reason)


def test_a_pause_moves_the_due_time_by_as_much() -> None:
    evidence = Evidence(start=START, pauses=(paused("2026-03-03 10:30", "2026-03-03 12:30"),))
    found = look(evidence, cn("2026-03-03 12:31"))
    assert (found.state, found.due_at, found.left_seconds) == ("running", DUE + minutes(120), 29 * 60)
    assert found.warn_at == DUE + minutes(105)


def test_pauses_that_overlap_count_once() -> None:
    pauses = (
        paused("2026-03-03 10:30", "2026-03-03 12:00"),
        paused("2026-03-03 10:40", "2026-03-03 12:30"),
        paused("2026-03-03 10:50", "2026-03-03 11:00"),
    )
    assert look(Evidence(start=START, pauses=pauses)).due_at == DUE + minutes(120)


def test_a_pause_for_a_reason_that_the_rule_does_not_name_is_kept_and_does_not_count() -> None:
    found = look(Evidence(start=START, pauses=(paused("2026-03-03 10:30", "2026-03-03 12:30", "parts"),)))
    assert (found.due_at, found.flags) == (DUE, ("pause_not_counted",))


def test_waiting_before_the_start_takes_nothing_from_the_limit_and_gives_nothing() -> None:
    pauses = (paused("2026-03-03 08:00", "2026-03-03 10:20"), paused("2026-03-03 07:00", "2026-03-03 07:30"))
    assert look(Evidence(start=START, pauses=pauses)).due_at == DUE + minutes(20)


def test_while_it_waits_the_clock_is_paused_and_keeps_what_is_left() -> None:
    evidence = Evidence(start=START, pauses=(paused("2026-03-03 10:30", None),))
    for now in (cn("2026-03-03 10:30"), DAYS_LATER):
        found = look(evidence, now)
        assert (found.state, found.reason, found.due_at, found.warn_at) == ("paused", "customer", None, None)
        assert found.left_seconds == 30 * 60


def test_waiting_that_began_after_the_limit_changes_nothing() -> None:
    found = look(Evidence(start=START, pauses=(paused("2026-03-03 11:30", None),)))
    assert (found.state, found.due_at) == ("breached", DUE)


def test_done_while_it_waits_is_met() -> None:
    evidence = Evidence(
        start=START, pauses=(paused("2026-03-03 10:30", None),), stops=(office("2026-03-04 10:00"),)
    )
    assert look(evidence).state == "met"


def test_a_pause_of_uncertain_length_proves_the_least() -> None:
    vague = Pause(
        since=phone(cn("2026-03-03 10:30"), minutes(3)),
        until=phone(cn("2026-03-03 10:40"), minutes(3)),
        reason="customer",
    )
    for more, state, proven in (
        (4, "met", True),
        (10, "breached", False),
        (13, "breached", False),
        (17, "breached", True),
    ):
        found = look(Evidence(start=START, pauses=(vague,), stops=(at_office(DUE + minutes(more)),)))
        assert (found.state, found.proven) == (state, proven)


def test_a_pause_over_the_night_gives_back_working_time_only() -> None:
    rule = msgspec.structs.replace(HOUR_RULE, limit=Working(120))
    evidence = Evidence(
        start=office("2026-02-14 16:30"), pauses=(paused("2026-02-14 17:30", "2026-02-24 10:00"),)
    )
    assert look(evidence, cn("2026-02-24 10:00"), rule).due_at == cn("2026-02-24 11:00")


def excuse(reason: str) -> Excuse:
    return Excuse(at=office("2026-03-04 09:00"), reason=reason, by="supervisor")


def test_an_excuse_turns_a_breach_into_excused_and_never_into_met() -> None:
    late = Evidence(start=START, stops=(at_office(DUE + SECOND),), excuses=(excuse("clock_uncertain"),))
    found = look(late)
    assert (found.state, found.reason) == ("excused", "clock_uncertain")
    assert look(late, cn("2026-03-04 08:59")).state == "breached"
    in_time = msgspec.structs.replace(late, stops=(at_office(DUE),))
    assert (look(in_time).state, look(in_time).reason) == ("met", "")


def test_an_excuse_that_the_rule_does_not_name_is_kept_and_does_not_count() -> None:
    found = look(Evidence(start=START, excuses=(excuse("too_busy"),)))
    assert (found.state, found.flags) == ("breached", ("excuse_not_accepted",))


def test_cancelled_in_time_is_excused_and_cancelled_too_late_stays_breached() -> None:
    found = look(Evidence(start=START, cancelled=at_office(DUE)))
    assert (found.state, found.reason, found.proven) == ("excused", "cancelled", True)
    assert look(Evidence(start=START, cancelled=at_office(DUE + SECOND))).state == "breached"


def test_a_visit_confirmed_by_an_offline_tap_at_t_minus_60_is_met_when_the_phone_is_heard() -> None:
    rule, visit = shipped("visit_confirmation"), cn("2026-03-03 14:00")
    evidence = Evidence(start=START, target=visit, stops=(phone(visit - minutes(60)),))
    assert look(evidence, visit - minutes(60), rule).state == "running"
    assert look(evidence, visit - minutes(59), rule).state == "breached"
    assert look(evidence, DAYS_LATER, rule).state == "met"


def test_a_visit_arranged_at_t_minus_60_is_met_when_it_is_confirmed_at_once() -> None:
    rule, visit = shipped("visit_confirmation"), START.at + minutes(60)
    assert look(Evidence(start=START, target=visit, stops=(START,)), DAYS_LATER, rule).state == "met"
    after = at_office(START.at + SECOND)
    assert look(Evidence(start=START, target=visit, stops=(after,)), DAYS_LATER, rule).state == "breached"


def test_what_began_too_late_to_be_kept_is_excused_if_done_before_the_planned_moment() -> None:
    rule, visit = shipped("visit_confirmation"), START.at + minutes(40)
    running = look(Evidence(start=START, target=visit), START.at, rule)
    assert (running.state, running.due_at, running.warn_at) == ("running", visit, START.at)
    done = look(Evidence(start=START, target=visit, stops=(at_office(visit),)), DAYS_LATER, rule)
    assert (done.state, done.reason, done.flags) == ("excused", "began_too_late", ("began_too_late",))
    assert look(Evidence(start=START, target=visit), DAYS_LATER, rule).state == "breached"


def test_a_clock_that_reaches_into_an_unknown_year_says_so_and_guesses_nothing() -> None:
    rule = shipped("repair")
    start = office("2026-12-30 10:00")
    found = look(Evidence(start=start), cn("2027-01-20 10:00"), rule)
    assert (found.state, found.due_at, found.left_seconds) == ("running", None, None)
    assert found.flags == ("calendar_unknown:2027",)


def test_what_stopped_before_an_unknown_year_is_met_whatever_that_year_brings() -> None:
    rule, start = shipped("repair"), office("2026-12-30 10:00")
    done = look(Evidence(start=start, stops=(office("2026-12-31 23:00"),)), cn("2027-01-20 10:00"), rule)
    assert (done.state, done.proven) == ("met", True)
    later = look(Evidence(start=start, stops=(office("2027-01-01 00:01"),)), cn("2027-01-20 10:00"), rule)
    assert (later.state, later.proven) == ("running", False)


def test_waiting_over_an_unknown_year_keeps_what_was_left() -> None:
    evidence = Evidence(start=office("2026-12-28 10:00"), pauses=(paused("2026-12-30 17:00", None),))
    found = look(evidence, cn("2027-01-20 10:00"), shipped("repair"))
    assert (found.state, found.due_at, found.left_seconds) == ("paused", None, 10 * 3600)
    assert found.flags == ("calendar_unknown:2027",)
    still_waits = msgspec.structs.replace(evidence, pauses=(paused("2026-12-31 19:00", None),))
    assert look(still_waits, cn("2027-01-20 10:00"), shipped("repair")).state == "breached"


def test_a_start_at_the_edge_of_working_hours_proves_the_stricter_of_both_limits() -> None:
    """Begun at 08:59 it is due at 18:00, begun at 09:00 at 11:00: a minute's error leaves both open."""
    start = phone(cn("2026-03-03 08:59"), minutes(2))
    rule = shipped("first_reply")
    for at, state, proven in (
        ("11:00", "met", True),
        ("11:01", "breached", False),
        ("11:02", "breached", False),
        ("18:01", "breached", True),
    ):
        found = look(Evidence(start=start, stops=(office(f"2026-03-03 {at}"),)), DAYS_LATER, rule)
        assert (found.state, found.proven) == (state, proven)


def test_a_device_moment_is_its_wall_time_corrected_by_the_measured_offset() -> None:
    time = TimeEvidence(wall="2026-03-03T02:00:00Z", mono_ms=5, boot="b", offset_ms=90_000, error_ms=400)
    moment = on_device(time, "p1", DAYS_LATER)
    assert moment.at == cn("2026-03-03 10:01:30") and moment.device_wall == cn("2026-03-03 10:00")
    assert moment.late - moment.at == timedelta(milliseconds=400)
    unmeasured = on_device(TimeEvidence(wall="2026-03-03T02:00:00Z"), "p1", DAYS_LATER)
    assert (unmeasured.error_ms, unmeasured.late) == (None, DAYS_LATER)


def test_a_field_without_a_bound_is_not_taken_as_exact() -> None:
    told = as_recorded({"at": "2026-03-03T02:00:00Z", "error_ms": 400}, "p1", DAYS_LATER)
    assert (told.best, told.late) == (START.at, START.at + timedelta(milliseconds=400))
    assert as_recorded({"at": "2026-03-03T02:00:00Z"}, "p1", DAYS_LATER).late == DAYS_LATER
