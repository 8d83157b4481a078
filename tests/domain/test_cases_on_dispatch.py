"""Cases 1 to 4: cancelled, reassigned or rescheduled while a phone was dark, and two technicians on one job."""

from __future__ import annotations

from domain.commands import decide, dispatch, order, visit
from domain.commands.draft import update
from tests.domain.cases import W1, parked, sign
from tests.domain.world import LATER, NOW, World

# 1. Cancelled while being completed offline.


def test_1_work_started_before_the_phone_knew_is_kept_and_flagged(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="customer bought new"))
    for event in ("travel", "arrive", "start", "finish"):
        world.a.do(visit.step(mine, event, at=NOW))
    results = world.a.sync()
    after = world["visit", "VA"].fields
    assert parked(results) == []
    assert (after["exec_state"], after["dispatch_state"]) == ("work_done", "cancelled")
    assert after["arrived"] == {"at": NOW} and after["after_cancellation"] is True
    assert all("after_cancellation" in one.flags for one in results)
    assert world.state() == "cancelled"
    assert world.items() == ["bill_after_cancellation"]


def test_1_dispatcher_decides_on_billing(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="x"))
    world.a.give(visit.step(mine, "start", at=NOW))
    (item,) = world.of(W1, "inbox_item")
    world.dispatcher.give(decide.settle_item(item, "bill_travel"))
    assert world["work_order", "W1"].fields["billing_after_cancellation"] == "bill_travel"
    assert world.items() == []


def test_1_decided_billing_is_not_asked_again_by_the_next_tap(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="x"))
    world.a.give(visit.step(mine, "start", at=NOW))
    (item,) = world.of(W1, "inbox_item")
    world.dispatcher.give(decide.settle_item(item, "waive"))
    world.a.give([*visit.step(mine, "finish", at=NOW), *visit.step(mine, "complete", at=NOW)])
    assert world.items() == []


def test_1_visit_that_never_started_stays_cancelled(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="x"))
    world.a.give([*visit.step(mine, "accept", at=NOW), *visit.step(mine, "travel", at=NOW)])
    assert world["visit", "VA"].fields["dispatch_state"] == "cancelled"
    assert world.items() == [] and world.state() == "cancelled"


def test_1_cancelling_a_visit_that_is_under_way_asks_about_billing(world: World) -> None:
    world.a.give(visit.step(world.assign(), "start", at=NOW))
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="x"))
    assert world.items() == ["bill_after_cancellation"]


# 2. Reassigned A→B while A is dark.


def test_2_everything_from_a_stands_and_b_has_a_visit_of_their_own(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="tb", reason="A is silent"))
    world.a.do([*visit.step(mine, "arrive", at=NOW), *visit.step(mine, "finish", at=NOW)])
    world.a.do(visit.write_note(W1, note="N1", text="done", by="ta", at=NOW, visit="VA"))
    world.a.do([update(mine, findings="风机卡滞")])
    assert parked(world.a.sync()) == []
    a, b = world["visit", "VA"].fields, world["visit", "VB"].fields
    assert (a["exec_state"], a["dispatch_state"], a["findings"]) == ("work_done", "withdrawn", "风机卡滞")
    assert (b["technician"], b["exec_state"], b["instead_of"]) == ("tb", "received", "VA")
    assert b["appointment"] == a["appointment"]


def test_2_the_job_leaves_one_phone_and_reaches_the_other(world: World) -> None:
    mine = world.assign()
    job = {W1, "site/S1", "customer/C1"}
    assert job <= world.held("ta") and not job & world.held("tb")
    world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="tb", reason="sick"))
    assert job <= world.held("tb") and not job & world.held("ta")


def test_2_a_who_knows_of_the_loss_may_still_add_facts_to_their_visit(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="tb", reason="x"))
    world.a.sync()
    assert parked(world.a.give([update(mine, findings="seen before I left")])) == []


def test_2_both_went_and_the_order_is_one(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="tb", reason="x"))
    world.b.sync()
    world.a.give(visit.step(mine, "start", at=NOW))
    world.b.give(visit.step(world["visit", "VB"], "arrive", at=NOW))
    assert world.state() == "in_progress"
    ends = {one.fields["technician"]: one.fields["end"] for one in world.of(W1, "assignment")}
    assert ends == {"ta": "withdrawn", "tb": None}


def test_2_another_technicians_visit_is_not_mine(world: World) -> None:
    world.assign()
    results = world.b.give(visit.step(world["visit", "VA"], "arrive", at=NOW))
    assert parked(results) == ["not_your_visit"]
    assert world["visit", "VA"].fields["exec_state"] == "received"


def agree(world: World) -> list:
    return visit.agree_on_site(
        world["visit", "VA"], **LATER, at=NOW, with_whom="王店长", evidence="signed slip"
    )


# 3. Rescheduled, while another time was agreed on site.


def test_3_customers_time_stands_when_the_office_moved_it_first(world: World) -> None:
    world.assign()
    world.a.do(agree(world))
    moved = dispatch.reschedule(
        world["visit", "VA"], starts_at="2026-03-05T01:00:00Z", ends_at="2026-03-05T03:00:00Z"
    )
    world.dispatcher.give(moved)
    world.a.sync()
    after = world["visit", "VA"].fields
    assert after["appointment"] == LATER
    assert after["window"]["starts_at"] == "2026-03-05T01:00:00Z"
    assert after["confirmation"] == "confirmed"
    assert after["agreed_on_site"]["evidence"] == "signed slip"
    assert world.items() == ["agreed_otherwise"]


def test_3_customers_time_stands_when_the_office_moved_it_unknowing_afterwards(world: World) -> None:
    world.assign()
    base = world.ver(W1)
    world.a.give(agree(world))
    moved = dispatch.reschedule(
        world["visit", "VA"], starts_at="2026-03-05T01:00:00Z", ends_at="2026-03-05T03:00:00Z"
    )
    world.dispatcher.give(moved, base=base)
    assert world["visit", "VA"].fields["appointment"] == LATER
    assert world.items() == ["agreed_otherwise"]


def test_3_reschedule_that_knows_of_the_agreement_stands_and_is_to_be_confirmed_anew(world: World) -> None:
    world.assign()
    world.a.give(agree(world))
    window = {"starts_at": "2026-03-05T01:00:00Z", "ends_at": "2026-03-05T03:00:00Z"}
    world.dispatcher.give(dispatch.reschedule(world["visit", "VA"], **window))
    after = world["visit", "VA"].fields
    assert after["appointment"] == window and after["confirmation"] == "unasked"
    assert world.items() == []


def test_3_dispatcher_reverses_the_default_with_one_decision(world: World) -> None:
    world.assign()
    base = world.ver(W1)
    world.a.give(agree(world))
    window = {"starts_at": "2026-03-05T01:00:00Z", "ends_at": "2026-03-05T03:00:00Z"}
    world.dispatcher.give(dispatch.reschedule(world["visit", "VA"], **window), base=base)
    (item,) = world.of(W1, "inbox_item")
    world.dispatcher.give(decide.settle_item(item, "window"))
    assert world["visit", "VA"].fields["appointment"] == window
    assert world["visit", "VA"].fields["confirmation"] == "unasked"


# 4. Two technicians on one job.


def test_4_each_owns_their_visit_and_differing_answers_are_both_there(world: World) -> None:
    first, second = world.assign(), world.assign("VB", "tb", job_role="helper")
    world.a.sync()
    world.a.do(visit.answer_step(first, template="full_test-v1", step="leak", answer="no", at=NOW))
    world.b.do(visit.answer_step(second, template="full_test-v1", step="leak", answer="yes", at=NOW))
    assert parked(world.a.sync()) + parked(world.b.sync()) == []
    answers = {one.fields["visit"]: one.fields["answer"] for one in world.of(W1, "step_result")}
    assert answers == {"VA": "no", "VB": "yes"}
    (stands,) = [one.id for one in world.of(W1, "step_result") if one.fields["visit"] == "VB"]
    world.a.give([update(first, answers_decided={"add": [{"id": "leak", "step_result": stands}]})])
    assert world["visit", "VA"].fields["answers_decided"][0]["step_result"] == stands


def test_4_helpers_signature_is_kept_and_shown_to_the_office(world: World) -> None:
    world.assign()
    world.assign("VB", "tb", job_role="helper")
    assert parked(world.b.give(sign(world, "VB"))) == []
    assert world.items() == ["signed_by_helper"]
