"""Several effects share a transaction; what stands in the way of the others is found and set apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scheduler.effect import effect_id
from scheduler.queue import Claim
from scheduler.tick import DOOR, Ticked
from sync.engine import Draft
from sync.record import Record
from sync.reminder import Entangled, Outcome, Settlement
from tests.scheduler.office import Office
from tests.sync.reminding import CALL

HOUR = 3600
JOBS = [f"j{number}" for number in range(9)]


@pytest.fixture
def due(office: Office) -> Office:
    """Nine jobs are to be called about."""
    for job in JOBS:
        office.plan(job)
    office.wait(2 * HOUR)
    return office


def writes(office: Office) -> list[int]:
    """From now on: how many settlements each successful write had."""
    sizes: list[int] = []
    through = office.engine.write

    def write(*given: object, **named: object) -> object:
        results = through(*given, **named)  # type: ignore[arg-type]
        sizes.append(len(given[2]))  # type: ignore[arg-type]
        return results

    office.engine.write = write  # type: ignore[method-assign,assignment]
    return sizes


def test_effects_of_different_subjects_share_a_transaction(due: Office) -> None:
    sizes = writes(due)
    assert due.tick()() == Ticked(done=9)
    assert sizes == [9]


def test_an_effect_that_the_door_refuses_fails_alone(due: Office) -> None:
    def refused_for_one(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        if claim.subject == "job/j4":
            return [Draft(id="wrong", entity="job", record="j4", aggregate="job/j4", set={"nothing": 1})]
        return due.call(claim, job, outcome)

    assert due.tick(refused_for_one)() == Ticked(done=8, failed=1)
    assert "unknown_field" in due.rows("j4")[0].error
    assert [len(due.calls(job)) for job in JOBS] == [1, 1, 1, 1, 0, 1, 1, 1, 1]


def test_one_that_is_cancelled_meanwhile_takes_no_other_with_it(due: Office) -> None:
    def cancelled_meanwhile(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        if claim.subject == "job/j8":
            due.desk({"state": {"event": "cancel"}}, "j0")
        return due.call(claim, job, outcome)

    assert due.tick(cancelled_meanwhile)() == Ticked(done=8, overtaken=1)
    assert (due.calls("j0"), due.states("j0")) == ([], ["cancelled"])


def test_what_one_effect_cancels_has_no_effect_in_the_same_tick(due: Office) -> None:
    def first_cancels_second(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        drafts = list(due.call(claim, job, outcome))
        if claim.subject == "job/j0":
            cancel: dict[str, object] = {"state": {"event": "cancel"}}
            drafts.append(
                Draft(id=effect_id(claim, 1), entity="job", record="j1", aggregate="job/j1", set=cancel)
            )
        return drafts

    assert due.tick(first_cancels_second)() == Ticked(done=8, overtaken=1)
    assert (due.calls("j1"), due.states("j1")) == ([], ["cancelled"])


def test_effects_that_speak_of_one_another_are_not_written_together(due: Office) -> None:
    claims = due.queue.claim([CALL], 2, 60)
    settlements = [
        Settlement(
            subject=one.subject,
            kind=one.kind,
            revision=one.revision,
            fence=one.fence,
            outcome="done",
            at=due.now,
        )
        for one in claims
    ]
    cancel: dict[str, object] = {"state": {"event": "cancel"}}
    draft = Draft(id="c", entity="job", record="j1", aggregate="job/j1", set=cancel)
    with pytest.raises(Entangled):
        due.engine.write(DOOR, [draft], settlements)
    assert due.states("j1") == ["pending"]


def test_a_second_reminder_of_one_subject_sees_what_the_first_has_done(office: Office) -> None:
    office.plan()
    office.wait(2 * HOUR)
    (claim,) = office.queue.claim([CALL], 2, 60)
    seen: list[int] = []

    def remembering(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        assert job is not None
        seen.append(job.ver)
        note: dict[str, object] = {
            "window": {"starts_at": f"2026-02-02T1{len(seen)}:00:00Z", "ends_at": "2026-02-02T20:00:00Z"}
        }
        return [Draft(id=f"n{len(seen)}", entity="job", record=job.id, aggregate=job.aggregate, set=note)]

    office.queue.claim = lambda *_: [[], [claim, claim]][not seen]  # type: ignore[method-assign]
    assert office.tick(remembering)() == Ticked(done=1, overtaken=1)
    assert seen == [1, 2]
