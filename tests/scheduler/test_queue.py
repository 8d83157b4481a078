"""The contract of the queue, on every adapter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.scheduler.office import Office
from tests.sync.reminding import CALL

KINDS = [CALL]


@pytest.fixture
def due(office: Office) -> Office:
    """At nine, the time of one reminder has come."""
    office.plan()
    office.wait(2 * 3600)
    return office


def test_nothing_is_claimed_before_its_time(office: Office) -> None:
    office.plan()
    office.wait(2 * 3600 - 0.001)
    assert office.queue.claim(KINDS, 10, 60) == []
    office.wait(0.001)
    (claim,) = office.queue.claim(KINDS, 10, 60)
    assert (claim.subject, claim.kind, claim.revision, claim.fence) == ("job/j1", CALL, 1, 1)
    assert (claim.due_at, claim.claimed_at, claim.past_at) == (
        "2026-02-01T09:00:00.000Z",
        office.now,
        "2026-02-01T10:00:00.000Z",
    )


def test_nobody_else_gets_it_while_the_lease_runs_and_the_next_one_has_a_greater_fence(due: Office) -> None:
    (first,) = due.queue.claim(KINDS, 10, 60)
    due.wait(59.999)
    assert due.queue.claim(KINDS, 10, 60) == []
    due.wait(0.001)
    (second,) = due.queue.claim(KINDS, 10, 60)
    assert second.fence > first.fence


def test_a_kind_that_this_process_does_not_know_is_left_alone(due: Office) -> None:
    assert due.queue.claim(["report"], 10, 60) == []
    assert due.queue.claim([], 10, 60) == []


def test_the_longest_due_come_first_and_no_more_than_asked_for(office: Office) -> None:
    for job, starts in (("j3", "12"), ("j1", "10"), ("j2", "11")):
        office.plan(job, starts)
    office.wait(5 * 3600)
    first = office.queue.claim(KINDS, 2, 60)
    assert [claim.subject for claim in first] == ["job/j1", "job/j2"]
    assert [claim.subject for claim in office.queue.claim(KINDS, 2, 60)] == ["job/j3"]


def test_what_is_cancelled_is_not_claimed(due: Office) -> None:
    due.desk({"state": {"event": "cancel"}})
    assert due.queue.claim(KINDS, 10, 60) == []


def test_what_failed_waits_for_its_pause_and_keeps_its_error(due: Office) -> None:
    (claim,) = due.queue.claim(KINDS, 10, 60)
    assert due.queue.put_back(claim, "no line", 300)
    due.wait(299.999)
    assert due.queue.claim(KINDS, 10, 60) == []
    due.wait(0.001)
    (again,) = due.queue.claim(KINDS, 10, 60)
    assert again.attempts == 1
    assert due.rows()[0].error == "no line"


def test_what_is_set_aside_is_never_claimed_again(due: Office) -> None:
    (claim,) = due.queue.claim(KINDS, 10, 60)
    assert due.queue.set_aside(claim, "broken")
    due.wait(24 * 3600)
    assert due.queue.claim(KINDS, 10, 60) == []
    (row,) = due.rows()
    assert (row.state, row.error) == ("dead", "broken")


def test_whoever_slept_through_the_lease_changes_nothing(due: Office) -> None:
    (slow,) = due.queue.claim(KINDS, 10, 60)
    due.wait(60)
    due.queue.claim(KINDS, 10, 60)
    assert not due.queue.put_back(slow, "slow", 1)
    assert not due.queue.set_aside(slow, "slow")
    assert (due.rows()[0].state, due.rows()[0].error) == ("pending", "")


def test_each_of_many_is_claimed_by_one_of_those_who_tick_at_once(office: Office) -> None:
    jobs = [f"j{number}" for number in range(20)]
    for job in jobs:
        office.plan(job)
    office.wait(2 * 3600)

    def claim_some(_: int) -> list[str]:
        return [claim.subject for claim in office.queue.claim(KINDS, 3, 60)]

    with ThreadPoolExecutor(4) as threads:
        taken = [subject for some in threads.map(claim_some, range(12)) for subject in some]
    taken += [claim.subject for claim in office.queue.claim(KINDS, 100, 60)]
    assert sorted(taken) == sorted(f"job/{job}" for job in jobs)
