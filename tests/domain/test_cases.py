"""Cases 1–14 of the product, each through the real write door."""

from __future__ import annotations

from typing import Any

import pytest

from domain import place
from domain.commands import decide, dispatch, expert, order, parts, visit
from domain.commands.draft import create, delete, update
from domain.identity import stock_level_id
from domain.place import stock
from sync.outcome import Result
from tests.domain.world import ADDRESS, LATER, NOW, World

W1 = "work_order/W1"


@pytest.fixture
def world() -> World:
    return World()


def parked(results: list[Result]) -> list[str]:
    return [one.reason for one in results if one.status == "parked"]


def sign(world: World, name: str = "VA", id: str = "SO1", **more: object) -> list:
    fields: dict[str, object] = {
        "visit": name,
        "outcome": "signed",
        "signed_at": NOW,
        "document": "{}",
        "document_sha256": "0" * 64,
        "statement": "{}",
        **more,
    }
    return [create("sign_off", id, W1, **fields)]


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


# 3. Rescheduled, while another time was agreed on site.


def agree(world: World) -> list:
    return visit.agree_on_site(
        world["visit", "VA"], **LATER, at=NOW, with_whom="王店长", evidence="signed slip"
    )


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


# 5. The last part used twice; the same serial number twice.


def test_5_last_part_used_twice_both_facts_stand_and_a_recount_follows(world: World) -> None:
    world.storekeeper.give(
        parts.move_parts(move="M0", kind="receipt", part="P1", quantity=1, to_location="V1", at=NOW, by="sk")
    )
    first, second = world.assign(), world.assign("VB", "tb")
    one = parts.use_part(first, move="M1", part="P1", quantity=1, from_location="V1", at=NOW, by="ta")
    two = parts.use_part(second, move="M2", part="P1", quantity=1, from_location="V1", at=NOW, by="tb")
    assert parked(world.a.give(one)) + parked(world.b.give(two)) == []
    level = world["stock_level", stock_level_id("V1", "P1")]
    assert level.fields["balance"] == -1
    assert world.items(stock("V1")) == ["recount"]
    world.storekeeper.give(
        parts.count_part(move="M3", location="V1", part="P1", counted=2, observed=-1, at=NOW, by="sk")
    )
    assert world["stock_level", level.id].fields["balance"] == 2
    assert world.items(stock("V1")) == []


def test_5_same_serial_on_two_machines_of_a_site_goes_to_the_inbox(world: World) -> None:
    world.assign()
    twin = create("asset", "A2", "site/S1", site="S1", equipment="RF", serial="SL2418A00123-5")
    assert parked(world.a.give([twin])) == []
    assert world.items("site/S1") == ["duplicate_serial"]


def test_5_same_piece_used_twice_goes_to_the_inbox(world: World) -> None:
    mine = world.assign()
    for move in ("M1", "M2"):
        world.a.do(
            parts.use_part(
                mine, move=move, part="P1", quantity=1, from_location="V1", serial="X9", at=NOW, by="ta"
            )
        )
    world.a.sync()
    assert world.items() == ["duplicate_serial"]


# 6. Address or phone changed on both sides.

FOUND = {"line": {"zh": "浦东新区张江路9号"}, "city": {"zh": "上海市"}}
OFFICE = {"line": {"zh": "浦东新区张江路5号"}, "city": {"zh": "上海市"}}


def test_6_visit_uses_the_correction_and_the_master_waits_with_the_old_value_kept(world: World) -> None:
    mine = world.assign()
    world.a.do(visit.correct_on_site(mine, address=FOUND, contact="K1", phone="13911112222"))
    world.dispatcher.give(decide.correct(world["site", "S1"], address=OFFICE))
    assert parked(world.a.sync()) == []
    assert world["visit", "VA"].fields["address_on_site"] == FOUND
    assert world["site", "S1"].fields["address"] == OFFICE
    changes = {one.fields["field"]: one for one in world.of("site/S1", "master_change")}
    assert (changes["address"].fields["was"], changes["address"].fields["state"]) == (OFFICE, "waiting")
    assert changes["phone"].fields["was"] == "13900001000"


def test_6_approved_correction_becomes_the_master(world: World) -> None:
    world.a.give(visit.correct_on_site(world.assign(), address=FOUND))
    (change,) = world.of("site/S1", "master_change")
    world.dispatcher.give(decide.approve_change(change))
    assert world["site", "S1"].fields["address"] == FOUND
    assert world["master_change", change.id].fields["was"] == ADDRESS


def test_6_rejected_correction_leaves_the_master(world: World) -> None:
    world.a.give(visit.correct_on_site(world.assign(), address=FOUND))
    (change,) = world.of("site/S1", "master_change")
    world.dispatcher.give(decide.reject_change(change, reason="typing error"))
    assert world["site", "S1"].fields["address"] == ADDRESS


def test_6_clash_in_a_shared_field_keeps_both_and_goes_to_the_inbox(world: World) -> None:
    world.assign()
    world.a.do([update(world["contact", "K1"], phone="13911112222")])
    world.dispatcher.give(decide.correct(world["contact", "K1"], phone="13933334444"))
    world.a.sync()
    (clash,) = world.conflicts("site/S1")
    assert clash.fields["losing"]["value"] == "13933334444"
    assert clash.fields["losing"]["by"] == "dispatcher"


# 7. Verdict after completion.


def test_7_late_verdict_is_kept_and_stop_work_becomes_an_urgent_call_back(world: World) -> None:
    mine = world.assign()
    world.a.give(expert.ask_expert(mine, case="E1", question="noise?", at=NOW, by="ta"))
    world.a.give([*visit.step(mine, "finish", at=NOW), *visit.step(mine, "complete", at=NOW)])
    world.expert.give(
        expert.answer_case(
            world["expert_case", "E1"],
            verdict="D1",
            expert="ex",
            at=NOW,
            cause="cracked",
            stop_work=True,
            stop_reason="leak of R290",
        )
    )
    assert world["verdict", "D1"].fields["stop_work"] is True
    assert world["expert_case", "E1"].fields["state"] == "answered"
    assert world["visit", "VA"].fields["exec_state"] == "done"
    assert world.items() == ["urgent_call_back"]


def test_7_technician_acknowledges_and_cannot_clear_stop_work(world: World) -> None:
    mine = world.assign()
    world.a.give(expert.ask_expert(mine, case="E1", question="noise?", at=NOW, by="ta"))
    world.expert.give(
        expert.answer_case(
            world["expert_case", "E1"], verdict="D1", expert="ex", at=NOW, cause="cracked", stop_work=True
        )
    )
    assert world.items() == []
    world.a.sync()
    verdict = world["verdict", "D1"]
    world.a.give([*expert.acknowledge_verdict(verdict, at=NOW), update(verdict, stop_work=False)])
    after = world["verdict", "D1"].fields
    assert after["stop_work"] is True and after["acknowledged"]["at"] == NOW


# 8. Office edit after the signature.

START: dict[str, Any] = {"kind": "work", "starts": {"at": NOW}}


def test_8_office_edit_after_the_signature_is_an_amendment_and_the_original_stays(world: World) -> None:
    mine = world.assign()
    option = create("solution_option", "O1", W1, visit="VA", title="clean", price=price(30000))
    world.a.give([option, *visit.step(mine, "finish", at=NOW), *sign(world, document='{"total": 30000}')])
    results = world.supervisor.give([update(world["solution_option", "O1"], title="clean and oil")])
    assert results[0].status == "conflict", "a technician's field: the office's word is a request"
    world.a.sync()
    results = world.a.give([update(world["solution_option", "O1"], price=price(28000))])
    assert results[0].flags == ("after_signature",)
    (amendment,) = world.of(W1, "amendment")
    assert (amendment.fields["was"]["total_fen"], amendment.fields["value"]["total_fen"]) == (30000, 28000)
    assert world["sign_off", "SO1"].fields["document"] == '{"total": 30000}'
    assert world["sign_off", "SO1"].fields["state"] == "amended"
    assert world.items() == ["sign_again"]


def test_8_signed_content_never_changes(world: World) -> None:
    world.assign()
    world.a.give(sign(world))
    for desk in (world.dispatcher, world.supervisor, world.system):
        desk.give([update(world["sign_off", "SO1"], document="forged")])
    assert world["sign_off", "SO1"].fields["document"] == "{}"


def test_8_edit_that_the_signer_had_not_seen_is_an_amendment_too(world: World) -> None:
    mine = world.assign()
    world.a.give([update(mine, solution="replaced fan")])
    world.a.do(sign(world))
    (request,) = [
        one
        for one in [*world.dispatcher.give([update(world["visit", "VA"], solution="replaced motor")])]
        if one.status == "conflict"
    ]
    assert request.reason == "requested"
    world.system.give([update(world["visit", "VA"], solution="replaced motor")])
    world.a.sync()
    assert [one.fields["field"] for one in world.of(W1, "amendment")] == ["solution"]


def test_8_late_fact_is_flagged_and_asks_for_no_new_signature(world: World) -> None:
    mine = world.assign()
    world.a.give(sign(world))
    late = [update(mine, cause="found the notes"), create("time_entry", "T1", W1, visit="VA", **START)]
    assert [one.flags for one in world.a.give(late)] == [("after_signature",)] * 2
    assert world.of(W1, "amendment") == [] and world.items() == []


def test_8_signing_again_settles_the_amendments(world: World) -> None:
    mine = world.assign()
    world.a.give([update(mine, solution="replaced fan"), *sign(world)])
    world.a.give([update(mine, solution="replaced motor")])
    world.a.give(sign(world, id="SO2", signs_again="SO1"))
    assert [one.fields["state"] for one in world.of(W1, "amendment")] == ["signed"]
    assert world["sign_off", "SO1"].fields["state"] == "signed_again"
    assert world["visit", "VA"].fields["sign_off"] == "SO2"


# 9. Checklist changed mid-visit.


def test_9_visit_stays_on_its_pinned_version(world: World) -> None:
    shard = place.SHARDS["checklist_template"]
    steps = [{"id": "leak", "text": {"zh": "检漏"}, "required": True}]
    template = create(
        "checklist_template", "ft-1", shard, code="ft", version=1, name={"zh": "测试"}, steps=steps
    )
    world.supervisor.give([template])
    mine = world.assign(checklists=["ft-1"])
    newer = create(
        "checklist_template", "ft-2", shard, code="ft", version=2, name={"zh": "测试"}, steps=steps * 2
    )
    world.supervisor.give([newer, update(world["checklist_template", "ft-1"], retired=True)])
    changed = world.supervisor.give([update(world["checklist_template", "ft-1"], steps=[])])
    assert changed[0].reason == "immutable"
    assert parked(world.a.give(visit.answer_step(mine, template="ft-1", step="leak", answer="yes"))) == []
    assert world["visit", "VA"].fields["checklists"] == ["ft-1"]
    assert world["checklist_template", "ft-1"].fields["steps"] == steps


# 10. Retry, double tap, replayed batch.


def test_10_double_tap_has_one_effect(world: World) -> None:
    mine = world.assign()
    world.a.do([*visit.step(mine, "arrive", at=NOW), *visit.step(mine, "arrive", at=NOW)])
    first, second = world.a.sync()
    assert (first.status, world["visit", "VA"].fields["exec_state"]) == ("applied", "on_site")
    assert second.status == "applied" and world.conflicts() == []


def test_10_replayed_batch_uses_the_part_once(world: World) -> None:
    mine = world.assign()
    world.a.do(parts.use_part(mine, move="M1", part="P1", quantity=1, from_location="V1", at=NOW, by="ta"))
    batch = list(world.a._outbox)
    first = world.a.sync()
    again = world.engine.push(world.a.device, batch).results
    assert again == first
    assert world["stock_level", stock_level_id("V1", "P1")].fields["balance"] == -1


# 11. Wrong phone clock.


def test_11_wrong_clock_moves_neither_order_nor_confirmation(world: World) -> None:
    mine = world.assign()
    answer = {"at": NOW, "answer": "another_time"}
    world.customer.give([update(mine, customer_answer=answer)])
    world.a.give(visit.confirm(mine, at="2038-01-19T03:14:07Z"))
    assert world["visit", "VA"].fields["confirmation"] == "change_requested"
    assert world["visit", "VA"].fields["technician_confirmed"]["at"] == "2038-01-19T03:14:07Z"


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


def price(total: int) -> dict[str, int]:
    return {"parts_fen": 0, "labour_fen": total, "total_fen": total}
