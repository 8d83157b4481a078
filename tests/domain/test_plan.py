"""Two dispatchers, one order: both plans stand, and somebody is asked; who has seen the first is asked nothing."""

from __future__ import annotations

import pytest

from domain.commands import decide, dispatch, order, visit
from domain.commands.draft import create
from sync.push import Refused
from sync.record import Record
from tests.domain.world import WINDOW, Desk, World

W1 = "work_order/W1"


@pytest.fixture
def other(world: World) -> Desk:
    """Another dispatcher, at a desk of their own."""
    desk = Desk(world, "dispatcher")
    desk._door = type(desk._door)(id="desk-second", user="u-second", roles=("dispatcher",))
    return desk


def plan(desk: Desk, id: str, technician: str, *, base: int, **more: object) -> None:
    drafts = dispatch.assign(
        order="W1",
        visit=id,
        technician=technician,
        window=WINDOW,
        planned_by=desk._door.user,
        **more,  # type: ignore[arg-type]
    )
    desk.give(drafts, base=base)


def asked(world: World) -> list[Record]:
    """Items about two plans, whatever their state."""
    return [one for one in world.of(W1, "inbox_item") if one.fields["kind"] == "planned_twice"]


def twice(world: World, other: Desk, technician: str = "tb") -> Record:
    """Two dispatchers planned from one displayed base; the item."""
    form = world.ver(W1)
    plan(world.dispatcher, "VA", "ta", base=form)
    plan(other, "VB", technician, base=form)
    (item,) = asked(world)
    return item


def standing(world: World) -> dict[str, str]:
    return {one.id: one.fields["dispatch_state"] for one in world.of(W1, "visit")}


def test_two_plans_from_one_base_both_stand_and_the_dispatcher_is_asked(world: World, other: Desk) -> None:
    item = twice(world, other)
    assert standing(world) == {"VA": "dispatched", "VB": "dispatched"}
    assert world.items() == ["planned_twice"]
    assert (item.fields["record"], item.fields["for_role"]) == ("VB", "dispatcher")
    assert item.fields["detail"] == {
        "first": {"visit": "VA", "technician": "ta", "window": WINDOW, "planned_by": "u-dispatcher"},
        "second": {"visit": "VB", "technician": "tb", "window": WINDOW, "planned_by": "u-second"},
    }


def test_a_second_visit_after_having_seen_the_first_asks_nobody(world: World, other: Desk) -> None:
    plan(world.dispatcher, "VA", "ta", base=world.ver(W1))
    plan(other, "VB", "tb", base=world.ver(W1))
    assert asked(world) == []


def test_one_dispatcher_who_plans_two_from_one_form_knows_of_both(world: World) -> None:
    form = world.ver(W1)
    plan(world.dispatcher, "VA", "ta", base=form)
    plan(world.dispatcher, "VB", "tb", base=form)
    assert asked(world) == []


def test_one_technician_planned_by_two_is_two_plans_too(world: World, other: Desk) -> None:
    twice(world, other, technician="ta")


def test_a_helper_beside_an_unseen_lead_asks_nobody(world: World, other: Desk) -> None:
    form = world.ver(W1)
    plan(world.dispatcher, "VA", "ta", base=form)
    plan(other, "VB", "tb", base=form, job_role="helper")
    assert asked(world) == []


def test_an_unseen_visit_that_does_not_stand_any_more_asks_nobody(world: World, other: Desk) -> None:
    form = world.ver(W1)
    plan(world.dispatcher, "VA", "ta", base=form)
    world.dispatcher.give(dispatch.withdraw(world["visit", "VA"], reason="not today"))
    plan(other, "VB", "tb", base=form)
    assert asked(world) == []


def test_a_visit_that_was_only_sent_since_it_was_seen_asks_nobody(world: World, other: Desk) -> None:
    plan(world.dispatcher, "VA", "ta", base=world.ver(W1), dispatch=False)
    form = world.ver(W1)
    world.dispatcher.give(dispatch.dispatch(world["visit", "VA"]))
    plan(other, "VB", "tb", base=form)
    assert asked(world) == []


def test_a_visit_reinstated_unseen_is_a_plan_unseen(world: World, other: Desk) -> None:
    plan(world.dispatcher, "VA", "ta", base=world.ver(W1))
    world.dispatcher.give(dispatch.withdraw(world["visit", "VA"], reason="not today"))
    form = world.ver(W1)
    world.dispatcher.give(dispatch.reinstate(world["visit", "VA"]))
    plan(other, "VB", "tb", base=form)
    assert world.items() == ["planned_twice"]


def test_a_reinstatement_beside_an_unseen_plan_asks(world: World, other: Desk) -> None:
    plan(world.dispatcher, "VA", "ta", base=world.ver(W1))
    world.dispatcher.give(dispatch.withdraw(world["visit", "VA"], reason="not today"))
    form = world.ver(W1)
    plan(other, "VB", "tb", base=form)
    world.dispatcher.give(dispatch.reinstate(world["visit", "VA"]), base=form)
    (item,) = asked(world)
    assert (item.fields["record"], item.fields["detail"]["first"]["visit"]) == ("VA", "VB")


def test_what_the_system_brings_in_asks_nobody(world: World) -> None:
    form = world.ver(W1)
    plan(world.dispatcher, "VA", "ta", base=form)
    plan(world.system, "VB", "tb", base=form)
    assert asked(world) == []


@pytest.mark.parametrize(
    ("choose", "left"),
    [
        ("keep_both", {"VA": "dispatched", "VB": "dispatched"}),
        ("withdraw_first", {"VA": "withdrawn", "VB": "dispatched"}),
        ("withdraw_second", {"VA": "dispatched", "VB": "withdrawn"}),
    ],
)
def test_deciding_withdraws_one_or_keeps_both(
    world: World, other: Desk, choose: str, left: dict[str, str]
) -> None:
    item = twice(world, other)
    world.dispatcher.give(decide.settle_item(item, choose, note="agreed by phone"))
    assert standing(world) == left and world.items() == []
    reasons = {one.fields.get("dispatch_reason") for one in world.of(W1, "visit")} - {None}
    assert reasons == ({"agreed by phone"} if "withdrawn" in left.values() else set())
    assert (W1 in world.held("ta"), W1 in world.held("tb")) == tuple(
        left[id] == "dispatched" for id in ("VA", "VB")
    )


def test_what_the_withdrawn_technician_had_begun_stands(world: World, other: Desk) -> None:
    item = twice(world, other)
    world.a.sync()
    world.a.do(visit.step(world["visit", "VA"], "arrive", at="2026-03-02T09:00:00Z"))
    world.dispatcher.give(decide.settle_item(item, "withdraw_first"))
    world.a.sync()
    assert world["visit", "VA"].fields["exec_state"] == "on_site"
    assert world.items() == ["two_on_one_job"]


@pytest.mark.parametrize("id", ["VA", "VB"])
def test_withdrawing_one_by_hand_leaves_nothing_to_decide(world: World, other: Desk, id: str) -> None:
    twice(world, other)
    world.dispatcher.give(dispatch.withdraw(world["visit", id], reason="one is enough"))
    assert world.items() == []


def test_declining_leaves_nothing_to_decide(world: World, other: Desk) -> None:
    twice(world, other)
    world.b.sync()
    world.b.give(visit.step(world["visit", "VB"], "decline", at="2026-03-02T09:00:00Z", reason="declined"))
    assert world.items() == ["declined"]


def test_cancelling_the_order_leaves_nothing_to_decide(world: World, other: Desk) -> None:
    twice(world, other)
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at="2026-03-02T09:00:00Z", reason="x"))
    assert world.items() == []


def test_what_has_settled_itself_cannot_be_decided_any_more(world: World, other: Desk) -> None:
    item = twice(world, other)
    world.dispatcher.give(dispatch.withdraw(world["visit", "VA"], reason="one is enough"))
    with pytest.raises(Refused, match="settled_already"):
        world.dispatcher.give(decide.settle_item(item, "withdraw_second"))
    assert standing(world)["VB"] == "dispatched"


def test_the_first_decision_counts(world: World, other: Desk) -> None:
    item = twice(world, other)
    world.dispatcher.give(decide.settle_item(item, "keep_both"))
    with pytest.raises(Refused, match="decided_already"):
        other.give(decide.settle_item(item, "withdraw_second"))
    assert standing(world)["VB"] == "dispatched"


@pytest.mark.parametrize("choose", ["go", "done", "bill"])
def test_another_kinds_decision_is_refused(world: World, other: Desk, choose: str) -> None:
    item = twice(world, other)
    with pytest.raises(Refused, match="not_a_choice"):
        world.dispatcher.give(decide.settle_item(item, choose))
    assert world.items() == ["planned_twice"]


def test_three_plans_are_three_pairs_and_end_as_they_are_decided(world: World, other: Desk) -> None:
    world.system.give([create("technician", "tc", "self/tc", number="019", name={"zh": "林"})])
    third = Desk(world, "dispatcher")
    third._door = type(third._door)(id="desk-third", user="u-third", roles=("dispatcher",))
    form = world.ver(W1)
    for desk, id, technician in ((world.dispatcher, "VA", "ta"), (other, "VB", "tb"), (third, "VC", "tc")):
        plan(desk, id, technician, base=form)
    assert world.items() == ["planned_twice"] * 3
    about = {(one.fields["detail"]["first"]["visit"], one.fields["record"]): one for one in asked(world)}
    world.dispatcher.give(decide.settle_item(about["VA", "VB"], "withdraw_first"))
    assert world.items() == ["planned_twice"]
    world.dispatcher.give(decide.settle_item(about["VB", "VC"], "withdraw_second"))
    assert standing(world) == {"VA": "withdrawn", "VB": "dispatched", "VC": "withdrawn"}
    assert world.items() == []
