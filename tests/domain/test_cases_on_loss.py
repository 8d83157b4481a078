"""Cases 12 to 14: a lost phone, a deleted order, and the customer's later word."""

from __future__ import annotations

from domain.commands import decide, dispatch, visit
from domain.commands.draft import create, delete, update
from tests.domain.cases import W1, parked
from tests.domain.world import LATER, NOW, World

# 12. Phone lost.


def test_12_lost_phone_leaves_a_list_and_evidence_is_marked_missing(world: World) -> None:
    world.assign()
    digest = create(
        "phone_digest",
        "phone-ta",
        "self/ta",
        device="phone-ta",
        pending=3,
        last_seq=9,
        digest="a" * 64,
        uploads=["m1"],
    )
    assert parked(world.a.give([digest])) == []
    world.dispatcher.give(
        dispatch.mark_evidence_missing(world["visit", "VA"], at=NOW, reason="phone lost in a shaft")
    )
    assert world["visit", "VA"].fields["evidence_missing"]["reason"] == "phone lost in a shaft"
    assert world["phone_digest", "phone-ta"].fields["pending"] == 3


# 13. Deleted in the office while edited offline.


def test_13_field_work_reopens_what_the_office_deleted(world: World) -> None:
    mine = world.assign()
    world.a.do(visit.step(mine, "start", at=NOW))
    world.dispatcher.give([delete(mine)])
    assert W1 not in world.held("ta")
    assert parked(world.a.sync()) == []
    after = world["visit", "VA"]
    assert (after.deleted, after.fields["exec_state"]) == (False, "working")
    assert [one.fields["reason"] for one in world.conflicts()] == ["deleted_meanwhile"]
    assert W1 in world.held("ta")


def test_13_field_work_reopens_the_whole_order_that_the_office_deleted(world: World) -> None:
    mine = world.assign()
    world.a.do([*visit.step(mine, "start", at=NOW), *visit.step(mine, "finish", at=NOW)])
    world.dispatcher.give([delete(world["work_order", "W1"])])
    assert W1 not in world.held("ta")
    assert parked(world.a.sync()) == []
    assert (world["work_order", "W1"].deleted, world.state()) == (False, "work_done")
    (conflict,) = world.conflicts()
    assert (conflict.fields["entity"], conflict.fields["reason"]) == ("work_order", "deleted_meanwhile")
    assert W1 in world.held("ta")


def test_13_dispatcher_deletes_the_reopened_order_all_the_same(world: World) -> None:
    mine = world.assign()
    world.a.do(visit.step(mine, "start", at=NOW))
    world.dispatcher.give([delete(world["work_order", "W1"])])
    world.a.sync()
    (conflict,) = world.conflicts()
    (shown_again,) = world.dispatcher.give(decide.decide(conflict, "losing"))
    assert shown_again.reason == "value_changed", "the order's state has followed the work since"
    (conflict,) = world.conflicts()
    world.dispatcher.give(decide.decide(conflict, "losing"))
    assert world["work_order", "W1"].deleted and world.conflicts() == []
    assert world["visit", "VA"].fields["exec_state"] == "working"


def test_13_what_the_office_deleted_without_field_work_stays_deleted(world: World) -> None:
    world.assign()
    world.dispatcher.give([delete(world["work_order", "W1"])])
    world.a.sync()
    assert world["work_order", "W1"].deleted and W1 not in world.held("ta")


# 14. The technician's offline "confirmed" against the customer's "another time".


def test_14_customers_word_stands_and_both_are_kept(world: World) -> None:
    mine = world.assign()
    world.a.do(visit.confirm(mine, at=NOW))
    wished = {"starts_at": LATER["starts_at"], "ends_at": LATER["ends_at"]}
    answer = {"at": NOW, "answer": "another_time", "wished": wished}
    world.customer.give([update(mine, customer_answer=answer)])
    world.a.sync()
    after = world["visit", "VA"].fields
    assert after["confirmation"] == "change_requested"
    assert after["technician_confirmed"]["how"] == "tap" and after["customer_answer"]["wished"] == wished
    assert world.items() == ["customer_wants_change"]


def test_14_customers_word_stands_when_it_comes_second(world: World) -> None:
    mine = world.assign()
    world.a.give(visit.confirm(mine, at=NOW))
    assert world["visit", "VA"].fields["confirmation"] == "confirmed"
    world.customer.give([update(mine, customer_answer={"at": NOW, "answer": "call_me"})])
    assert world["visit", "VA"].fields["confirmation"] == "change_requested"


def test_14_technician_who_knew_the_answer_and_called_reports_a_later_word(world: World) -> None:
    mine = world.assign()
    world.customer.give([update(mine, customer_answer={"at": NOW, "answer": "another_time"})])
    world.a.sync()
    world.a.give(visit.confirm(mine, at=NOW, how="call", note="fine after all"))
    assert world["visit", "VA"].fields["confirmation"] == "confirmed"
