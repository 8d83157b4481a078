"""Cases 5, 6, 9, 10 and 11: parts, corrections, checklists, repetition and clocks."""

from __future__ import annotations

from domain import place
from domain.commands import decide, parts, visit
from domain.commands.draft import create, update
from domain.identity import stock_level_id
from domain.place import stock
from tests.domain.cases import parked
from tests.domain.world import ADDRESS, NOW, World

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


FOUND = {"line": {"zh": "浦东新区张江路9号"}, "city": {"zh": "上海市"}}


OFFICE = {"line": {"zh": "浦东新区张江路5号"}, "city": {"zh": "上海市"}}


# 6. Address or phone changed on both sides.


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
