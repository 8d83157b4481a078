"""Every command of a desk on every state of an order and a visit: it goes on, is true already, or is refused."""

from __future__ import annotations

import pytest

from domain.commands import dispatch, lifecycle, order, visit
from domain.commands.draft import Drafted, create
from domain.machines import DISPATCH
from domain.refusals import REFUSALS
from sync.push import Refused
from sync.record import Record
from tests.domain.world import LATER, NOW, Desk, World

ENDS = ("open", "closed", "cancelled")
ON_VISITS = ("dispatch", "reassign", "reschedule", "withdraw", "cancel", "reinstate")


def ended(world: World, how: str) -> Record:
    one = world["work_order", "W1"]
    if how == "closed":
        world.system.give(order.close(one, at=NOW, outcome="solved", anything_else="nothing"))
    if how == "cancelled":
        world.dispatcher.give(order.cancel(one, at=NOW, reason="bought new"))
    return world["work_order", "W1"]


def visit_in(world: World, state: str) -> Record:
    world.dispatcher.give(
        dispatch.assign(order="W1", visit="VA", technician="ta", dispatch=state == "dispatched")
    )
    mine = world["visit", "VA"]
    if state == "withdrawn":
        world.dispatcher.give(dispatch.withdraw(mine, reason="not today"))
    if state == "cancelled":
        world.dispatcher.give(dispatch.cancel_visit(mine, reason="customer away"))
    return world["visit", "VA"]


def on_order(world: World, command: str) -> list[Drafted]:
    one = world["work_order", "W1"]
    match command:
        case "triage":
            return order.triage(one, at=NOW, way="visit")
        case "plan":
            return dispatch.assign(order="W1", visit="VN", technician="ta")
        case "cancel":
            return order.cancel(one, at=NOW, reason="again")
        case "close":
            return order.close(
                one,
                at=NOW,
                outcome="unsolved",
                reason="x",
                escalated_to="R&D",
                anything_else="nothing",
            )
        case _:
            return order.reopen(one, at=NOW, reason="by mistake")


def on_visit(world: World, command: str) -> list[Drafted]:
    one = world["visit", "VA"]
    match command:
        case "dispatch":
            return dispatch.dispatch(one)
        case "reassign":
            return dispatch.reassign(one, new_visit="VN", technician="tb", reason="ill")
        case "reschedule":
            return dispatch.reschedule(one, **LATER)
        case "withdraw":
            return dispatch.withdraw(one, reason="again")
        case "cancel":
            return dispatch.cancel_visit(one, reason="again")
        case _:
            return dispatch.reinstate(one)


def refused(world: World, drafts: list[Drafted]) -> str:
    """The refusal's code; empty when the drafts were taken."""
    before = world.ver("work_order/W1")
    try:
        world.dispatcher.give(drafts)
    except Refused as caught:
        assert world.ver("work_order/W1") == before
        return next(one.reason for one in caught.results if one.status == "parked")
    return ""


def test_the_tables_are_total() -> None:
    assert set(lifecycle.ORDER) == set(ENDS)
    assert {frozenset(row) for row in lifecycle.ORDER.values()} == {
        frozenset({"triage", "plan", "cancel", "close", "reopen"})
    }
    assert set(lifecycle.VISIT) == set(DISPATCH.table)
    assert {frozenset(row) for row in lifecycle.VISIT.values()} == {frozenset(ON_VISITS)}


def test_every_refusal_has_its_sentences() -> None:
    answers = {
        cell for row in (*lifecycle.ORDER.values(), *lifecycle.VISIT.values()) for cell in row.values()
    }
    assert answers - {lifecycle.GO, lifecycle.SAME} <= set(REFUSALS)


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("command", ["triage", "plan", "cancel", "close", "reopen"])
def test_an_order_answers_in_the_door_as_its_table_says(world: World, how: str, command: str) -> None:
    ended(world, how)
    answer = lifecycle.ORDER[how][command]
    code = refused(world, on_order(world, command))
    assert code == ("" if answer in (lifecycle.GO, lifecycle.SAME) else answer)


@pytest.mark.parametrize("state", sorted(DISPATCH.table))
@pytest.mark.parametrize("command", ON_VISITS)
def test_a_visit_answers_in_the_door_as_its_table_says(world: World, state: str, command: str) -> None:
    visit_in(world, state)
    answer = lifecycle.VISIT[state][command]
    code = refused(world, on_visit(world, command))
    another_reason = answer == lifecycle.SAME and command in ("withdraw", "cancel")
    wanted = f"visit_{state}" if another_reason else answer
    assert code == ("" if wanted in (lifecycle.GO, lifecycle.SAME) else wanted)


@pytest.mark.parametrize("how", ["closed", "cancelled"])
@pytest.mark.parametrize("command", ["dispatch", "reassign", "reschedule", "reinstate"])
def test_nobody_is_sent_to_an_order_that_has_ended(world: World, how: str, command: str) -> None:
    visit_in(world, "withdrawn")
    ended(world, how)
    assert refused(world, on_visit(world, command)) == f"order_{how}"


@pytest.mark.parametrize("state", ["withdrawn", "cancelled"])
def test_reassigning_what_was_reassigned_names_who_has_the_job(world: World, state: str) -> None:
    mine = visit_in(world, "dispatched")
    world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="tb", reason="ill"))
    if state == "cancelled":
        world.dispatcher.give(dispatch.cancel_visit(mine, reason="x"))
    world.system.give([create("technician", "tc", "self/tc", number="019", name={"zh": "林"})])
    with pytest.raises(Refused, match=r"visit_passed_on.*陈海峰"):
        world.dispatcher.give(dispatch.reassign(mine, new_visit="VC", technician="tc", reason="ill"))
    assert world.find("visit", "VC") is None
    assert world["visit", "VA"].fields["dispatch_reason"] == ("ill" if state == "withdrawn" else "x")


def test_reassigning_to_whoever_has_it_is_refused_by_name(world: World) -> None:
    mine = visit_in(world, "dispatched")
    with pytest.raises(Refused, match=r"same_technician.*周建国"):
        world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="ta", reason="?"))
    assert world["visit", "VA"].fields["dispatch_state"] == "dispatched"


def test_what_a_phone_reports_of_an_order_that_has_ended_is_never_refused(world: World) -> None:
    mine = visit_in(world, "dispatched")
    world.a.sync()
    ended(world, "cancelled")
    results = world.a.give(visit.step(mine, "arrive", at=NOW))
    assert [one.status for one in results] == ["applied"]


# The way back from a cancellation.


def test_a_cancelled_order_is_reopened_with_a_reason_and_planned_anew(world: World) -> None:
    visit_in(world, "dispatched")
    ended(world, "cancelled")
    world.dispatcher.give(on_order(world, "reopen"))
    fields = world["work_order", "W1"].fields
    assert (fields["state"], fields["cancellation"]) == ("reopened", None)
    assert fields["reopening"] == {"at": NOW, "reason": "by mistake", "undoes": "cancellation"}
    assert world["visit", "VA"].fields["dispatch_state"] == "cancelled"
    world.dispatcher.give(dispatch.assign(order="W1", visit="VB", technician="ta"))
    assert world.state() == "scheduled"


def test_intake_reopens_what_was_closed_and_what_was_cancelled(world: World) -> None:
    for how in ("closed", "cancelled"):
        ended(world, how)
        Desk(world, "intake").give(order.reopen(world["work_order", "W1"], at=NOW, reason="customer rang"))
        assert world.state() == "reopened"


def test_a_cancelled_visit_reinstated_on_a_reopened_order_counts_again(world: World) -> None:
    visit_in(world, "dispatched")
    ended(world, "cancelled")
    world.dispatcher.give(on_order(world, "reopen"))
    world.dispatcher.give(dispatch.reinstate(world["visit", "VA"]))
    assert world.state() == "scheduled" and "work_order/W1" in world.held("ta")


@pytest.mark.parametrize(
    ("before", "after", "states"),
    [
        ((), ("arrive",), ("reopened", "in_progress")),
        (("start",), (), ("in_progress", "in_progress")),
        (("start",), ("complete",), ("in_progress", "work_done")),
    ],
)
def test_whoever_never_knew_of_the_undone_cancellation_is_seen_at_work(
    world: World, before: tuple[str, ...], after: tuple[str, ...], states: tuple[str, str]
) -> None:
    mine = visit_in(world, "dispatched")
    world.a.sync()
    for event in before:
        world.a.give(visit.step(mine, event, at=NOW))
    ended(world, "cancelled")
    world.dispatcher.give(on_order(world, "reopen"))
    seen = [world.state()]
    for event in after:
        world.a.give(visit.step(mine, event, at=NOW))
    assert (seen[0], world.state()) == states


def test_billing_after_an_undone_cancellation_needs_no_decision(world: World) -> None:
    mine = visit_in(world, "dispatched")
    world.a.sync()
    world.a.give(visit.step(mine, "start", at=NOW))
    ended(world, "cancelled")
    assert world.items() == ["bill_after_cancellation"]
    world.dispatcher.give(on_order(world, "reopen"))
    assert world.items() == []


def test_an_order_may_be_cancelled_and_closed_again_after_it_was_reopened(world: World) -> None:
    ended(world, "cancelled")
    world.dispatcher.give(on_order(world, "reopen"))
    assert ended(world, "cancelled").fields["state"] == "cancelled"
    world.dispatcher.give(on_order(world, "reopen"))
    assert ended(world, "closed").fields["state"] == "closed"


def test_an_ended_order_is_refused_by_its_state_before_its_gates(world: World) -> None:
    visit_in(world, "dispatched")
    ended(world, "cancelled")
    solved = order.close(world["work_order", "W1"], at=NOW, outcome="solved", anything_else="nothing")
    assert refused(world, solved) == "order_cancelled"


def test_a_second_withdrawal_does_not_replace_the_reason_of_the_first(world: World) -> None:
    mine = visit_in(world, "withdrawn")
    assert refused(world, dispatch.withdraw(mine, reason="other")) == "visit_withdrawn"
    assert refused(world, dispatch.withdraw(mine, reason="not today")) == ""
    assert world["visit", "VA"].fields["dispatch_reason"] == "not today"
