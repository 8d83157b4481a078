"""What a tick does with what is due, on every store."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scheduler.failing import MOST_CLAIMS, MOST_FAILURES
from scheduler.queue import Claim
from scheduler.tick import Ticked
from sync.engine import Draft
from sync.record import Record
from sync.reminder import Outcome
from tests.scheduler.office import Office

HOUR = 3600


def test_a_tick_with_nothing_due_does_nothing(office: Office) -> None:
    office.plan()
    assert office.tick()() == Ticked()
    assert office.calls() == []


def test_what_is_due_has_one_effect_however_often_it_ticks(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)
    assert office.tick()() == Ticked(done=1)
    office.wait(600)
    assert office.tick()() == Ticked()
    assert office.calls() == ["done 1"]


def test_after_a_downtime_with_the_visit_still_ahead_it_comes_once_flagged_late(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR + 20 * 60)
    assert office.tick()() == Ticked(late=1)
    assert office.tick()() == Ticked()
    assert office.calls() == ["late 1"]


def test_after_a_downtime_past_the_visit_it_is_only_told(office: Office) -> None:
    office.plan()
    office.wait(3 * HOUR)
    assert office.tick()() == Ticked(missed=1)
    assert (office.calls(), office.states()) == (["missed 1"], ["missed"])


def test_a_moved_job_is_called_about_at_its_new_time_alone(office: Office) -> None:
    office.plan()
    office.plan(starts="12")
    office.wait(2 * HOUR)
    assert office.tick()() == Ticked()
    office.wait(2 * HOUR)
    assert office.tick()() == Ticked(done=1)
    assert office.calls() == ["done 2"]


def test_a_job_that_is_moved_after_its_call_is_called_about_again(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)
    office.tick()()
    office.plan(starts="12")
    office.wait(2 * HOUR)
    office.tick()()
    assert len(office.calls()) == 2
    assert office.states() == ["done", "done"]


def test_what_is_cancelled_between_claim_and_effect_has_none(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)

    def cancelled_meanwhile(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        office.desk({"state": {"event": "cancel"}})
        return office.call(claim, job, outcome)

    assert office.tick(cancelled_meanwhile)() == Ticked(overtaken=1)
    assert (office.calls(), office.states()) == ([], ["cancelled"])


def test_whoever_sleeps_through_the_lease_adds_no_second_effect(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)

    def slow(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        if claim.fence == 1:
            office.wait(61)
            assert office.tick()() == Ticked(done=1)
        return office.call(claim, job, outcome)

    assert office.tick(slow)() == Ticked(overtaken=1)
    assert office.calls() == ["done 1"]


def test_whoever_sleeps_until_the_fact_has_passed_only_tells(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)

    def slow(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        if claim.fence == 1:
            office.wait(HOUR)
        return office.call(claim, job, outcome)

    assert office.tick(slow)() == Ticked(overtaken=1, missed=1)
    assert office.calls() == ["missed 1"]


def broken(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """A job with a fault of ours."""
    raise LookupError("no such template")


def test_a_poisoned_reminder_is_set_aside_with_its_error_and_blocks_nothing(office: Office) -> None:
    office.plan("j1")
    office.plan("j2")

    def for_one(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        return (broken if claim.subject == "job/j1" else office.call)(claim, job, outcome)

    office.wait(2 * HOUR)
    became = []
    for _ in range(MOST_FAILURES + 3):
        became.append(office.tick(for_one)())
        office.wait(600)
    assert [one.failed for one in became] == [1] * (MOST_FAILURES - 1) + [0] * 4
    assert [one.dead for one in became].count(1) == 1
    assert became[0].done == 1
    (row,) = office.rows("j1")
    assert (row.state, row.attempts) == ("dead", MOST_FAILURES)
    assert row.error == "LookupError: no such template"
    assert office.calls("j2") == ["done 1"]


def test_an_effect_that_the_door_refuses_is_a_failure(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)

    def refused(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        return [Draft(id="wrong", entity="job", record="j1", aggregate="job/j1", set={"nothing": 1})]

    assert office.tick(refused)() == Ticked(failed=1)
    assert "unknown_field" in office.rows()[0].error


def test_a_reminder_that_ends_its_process_is_set_aside_in_the_end(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)
    for _ in range(MOST_CLAIMS):
        assert office.queue.claim(["call"], 10, 60)
        office.wait(60)
    assert office.tick()() == Ticked(dead=1)
    assert (office.calls(), office.states()) == ([], ["dead"])


@pytest.mark.parametrize("seconds", [0, 300, 301])
def test_five_minutes_make_it_late(office: Office, seconds: int) -> None:
    office.plan()
    office.wait(2 * HOUR + seconds)
    office.tick()()
    assert office.states() == ["late" if seconds > 300 else "done"]
