"""Case 2, its warning: who would come second is held, the dispatcher is told once and decides."""

from __future__ import annotations

import pytest

from domain.commands import decide, dispatch, visit
from domain.commands.draft import create, update
from sync.outcome import Result
from sync.record import Record
from tests.domain.world import LATER, NOW, World

W1 = "work_order/W1"
HELD = {"since": NOW, "by_visit": "VA", "reason": "two_on_one_job"}


def reassigned(world: World, *, base: int | None = None) -> tuple[Record, Record]:
    """A's visit was withdrawn while A is dark; B's phone has the other one."""
    mine = world.assign() if world.find("visit", "VA") is None else world["visit", "VA"]
    drafts = dispatch.reassign(mine, new_visit="VB", technician="tb", reason="A is silent")
    world.dispatcher.give(drafts, base=base)
    world.b.sync()
    return mine, world["visit", "VB"]


def held(world: World, id: str = "VB") -> object:
    return world["visit", id].fields.get("held")


def told(world: World) -> list[Record]:
    """Items about two on one job, whatever their state."""
    return [one for one in world.of(W1, "inbox_item") if one.fields["kind"] == "two_on_one_job"]


def fine(results: list[Result]) -> bool:
    return all(one.status in ("applied", "merged") for one in results)


# It opens.


@pytest.mark.parametrize("event", ["travel", "arrive", "start", "finish", "complete"])
def test_b_is_held_when_a_turns_out_to_be_on_the_job(world: World, event: str) -> None:
    mine, _ = reassigned(world)
    world.a.give(visit.step(mine, event, at=NOW))
    assert held(world) == HELD
    assert world.items() == ["two_on_one_job"]
    (item,) = told(world)
    assert (item.fields["record"], item.fields["for_role"]) == ("VB", "dispatcher")
    assert item.fields["detail"]["by_visit"] == "VA" and item.fields["detail"]["technician"] == "tb"


def test_time_of_arrival_alone_tells_it_too(world: World) -> None:
    mine, _ = reassigned(world)
    world.a.give([update(mine, arrived={"at": NOW})])
    assert held(world) == HELD and world.items() == ["two_on_one_job"]


def test_a_who_only_accepted_holds_nobody(world: World) -> None:
    mine, _ = reassigned(world)
    world.a.give([*visit.step(mine, "accept", at=NOW), update(mine, findings="as told on the phone")])
    assert held(world) is None and told(world) == []


def test_a_who_went_before_the_reassignment_that_saw_it_holds_nobody(world: World) -> None:
    world.a.give(visit.step(world.assign(), "arrive", at=NOW))
    reassigned(world)
    assert held(world) is None and told(world) == []


def test_b_is_held_when_the_dispatchers_form_was_older_than_as_arrival(world: World) -> None:
    mine = world.assign()
    form = world.ver(W1)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    reassigned(world, base=form)
    assert held(world) == HELD and world.items() == ["two_on_one_job"]


def test_visit_that_names_no_other_is_held_when_it_came_later_in_the_same_role(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.withdraw(mine, reason="A is silent"))
    world.assign("VB", "tb")
    world.a.give(visit.step(mine, "arrive", at=NOW))
    assert held(world) == HELD


def test_helper_and_a_visit_of_days_before_are_not_held(world: World) -> None:
    world.assign("V0", "tb")
    mine = world.assign()
    world.system.give([create("technician", "tc", "self/tc", number="019", name={"zh": "林"})])
    world.assign("VC", "tc", job_role="helper")
    world.dispatcher.give(dispatch.withdraw(mine, reason="A is silent"))
    world.a.give(visit.step(mine, "arrive", at=NOW))
    assert [held(world, id) for id in ("V0", "VC")] == [None, None] and told(world) == []


def test_one_technician_with_two_visits_is_not_two(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.withdraw(mine, reason="tomorrow instead"))
    world.assign("VB", "ta")
    world.a.give(visit.step(mine, "arrive", at=NOW))
    assert held(world) is None and told(world) == []


def test_cancelled_visit_of_bs_is_not_held(world: World) -> None:
    mine, his = reassigned(world)
    world.dispatcher.give(dispatch.cancel_visit(his, reason="customer away"))
    world.a.give(visit.step(mine, "arrive", at=NOW))
    assert held(world) is None and told(world) == []


# Once per pair.


def test_everything_that_a_does_after_opens_no_second_item(world: World) -> None:
    mine, _ = reassigned(world)
    for event in ("travel", "arrive", "start"):
        world.a.do(visit.step(mine, event, at=NOW))
    world.a.sync()
    ver = world["visit", "VB"].ver
    world.a.give(visit.step(mine, "finish", at=NOW))
    assert len(told(world)) == 1 and held(world) == HELD
    assert world["visit", "VB"].ver == ver


def test_what_was_decided_is_not_asked_again_by_as_next_tap(world: World) -> None:
    mine, _ = reassigned(world)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    world.dispatcher.give(decide.settle_item(told(world)[0], "go"))
    world.a.give([*visit.step(mine, "start", at=NOW), *visit.step(mine, "finish", at=NOW)])
    assert held(world) is None and world.items() == []


# A warning, never a block.


def test_held_b_goes_all_the_same_and_both_are_on_the_job(world: World) -> None:
    mine, his = reassigned(world)
    world.a.give(visit.step(mine, "start", at=NOW))
    world.b.sync()
    assert fine(world.b.give(visit.step(his, "travel", at=NOW)))
    assert held(world) == HELD
    assert fine(world.b.give(visit.step(his, "arrive", at=NOW)))
    assert held(world) is None
    states = [world["visit", id].fields["exec_state"] for id in ("VA", "VB")]
    assert states == ["working", "on_site"] and world.state() == "in_progress"
    assert world.items() == ["two_on_one_job"]


def test_b_who_was_there_first_is_not_held_and_the_item_tells(world: World) -> None:
    mine, his = reassigned(world)
    world.b.give(visit.step(his, "arrive", at=NOW))
    world.a.give(visit.step(mine, "arrive", at=NOW))
    assert held(world) is None
    (item,) = told(world)
    assert item.fields["state"] == "open" and item.fields["detail"]["exec_state"] == "on_site"


def test_no_client_writes_or_lifts_a_hold(world: World) -> None:
    mine, his = reassigned(world)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    world.b.sync()
    world.b.give([update(his, held=None)])
    world.dispatcher.give([update(his, held=None)])
    assert held(world) == HELD


# It ends.


def test_dispatchers_go_lifts_it(world: World) -> None:
    mine, _ = reassigned(world)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    world.dispatcher.give(decide.settle_item(told(world)[0], "go"))
    assert held(world) is None and world.items() == []
    assert world["visit", "VB"].fields["dispatch_state"] == "dispatched"


def test_dispatchers_stand_down_withdraws_b(world: World) -> None:
    mine, _ = reassigned(world)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    world.dispatcher.give(decide.settle_item(told(world)[0], "stand_down", note="A is there"))
    after = world["visit", "VB"].fields
    assert (after["dispatch_state"], after["dispatch_reason"]) == ("withdrawn", "A is there")
    assert after.get("held") is None and world.items() == []
    assert W1 not in world.held("tb")


def test_stood_down_b_who_went_meanwhile_loses_nothing(world: World) -> None:
    mine, his = reassigned(world)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    world.dispatcher.give(decide.settle_item(told(world)[0], "stand_down"))
    assert fine(world.b.give(visit.step(his, "start", at=NOW)))
    after = world["visit", "VB"].fields
    assert (after["exec_state"], after["dispatch_state"]) == ("working", "withdrawn")


@pytest.mark.parametrize("event", ["leave_incomplete", "report_no_access", "decline"])
def test_it_lifts_by_itself_when_a_leaves_it_undone(world: World, event: str) -> None:
    mine, _ = reassigned(world)
    world.a.give(visit.step(mine, "travel", at=NOW))
    assert held(world) == HELD
    world.a.give(visit.step(mine, event, at=NOW))
    assert held(world) is None and "two_on_one_job" not in world.items()


def test_a_who_goes_on_after_all_holds_b_again_by_the_same_item(world: World) -> None:
    mine, _ = reassigned(world)
    for event in ("start", "leave_incomplete", "resume"):
        world.a.give(visit.step(mine, event, at=NOW))
    assert held(world) == HELD and len(told(world)) == 1 and world.items() == ["two_on_one_job"]


def test_where_both_went_a_leaving_it_undone_leaves_the_item_for_a_person(world: World) -> None:
    mine, his = reassigned(world)
    world.b.give(visit.step(his, "arrive", at=NOW))
    world.a.give([*visit.step(mine, "arrive", at=NOW), *visit.step(mine, "leave_incomplete", at=NOW)])
    assert world.items() == ["two_on_one_job"]


def test_b_who_declines_needs_no_decision(world: World) -> None:
    mine, his = reassigned(world)
    world.a.give(visit.step(mine, "arrive", at=NOW))
    world.b.sync()
    world.b.give(visit.step(his, "decline", at=NOW, reason="declined"))
    assert held(world) is None and world.items() == ["declined"]


def test_held_by_two_c_stays_held_by_the_other(world: World) -> None:
    mine, his = reassigned(world)
    world.system.give([create("technician", "tc", "self/tc", number="019", name={"zh": "林"})])
    drafts = dispatch.reassign(his, new_visit="VC", technician="tc", reason="B is silent", window=LATER)
    world.dispatcher.give(drafts)
    world.a.give(visit.step(mine, "travel", at=NOW))
    world.b.give(visit.step(his, "travel", at=NOW))
    assert held(world, "VC") == HELD and world.items() == ["two_on_one_job"] * 2
    world.a.give(visit.step(mine, "leave_incomplete", at=NOW))
    assert held(world, "VC") == {**HELD, "by_visit": "VB"} and world.items() == ["two_on_one_job"]
    (left,) = [one for one in told(world) if one.fields["state"] == "open"]
    world.dispatcher.give(decide.settle_item(left, "go"))
    assert held(world, "VC") is None
