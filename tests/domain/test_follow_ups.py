"""What changes cause, beside the fourteen cases."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import decide, dispatch, expert, order, parts, visit
from domain.commands.draft import Drafted, create, update
from domain.follow_stock import duplicate_serials
from domain.identity import assignment_id, stock_level_id
from domain.place import SHARDS
from domain.schema.parts import ENTITIES as PARTS_ENTITIES
from sync.value_type import fault
from tests.domain.world import LATER, NOW, WINDOW, World

W1 = "work_order/W1"


# The time that stands, and its confirmation.


def test_window_is_the_appointment_until_somebody_agrees_otherwise(world: World) -> None:
    assert world.assign().fields["appointment"] == WINDOW
    world.dispatcher.give(dispatch.reschedule(world["visit", "VA"], **LATER))
    assert world["visit", "VA"].fields["appointment"] == LATER


def test_moved_visit_is_to_be_confirmed_anew(world: World) -> None:
    mine = world.assign()
    world.a.give(visit.confirm(mine, at=NOW))
    assert world["visit", "VA"].fields["confirmation"] == "confirmed"
    world.dispatcher.give(dispatch.reschedule(mine, **LATER))
    assert world["visit", "VA"].fields["confirmation"] == "unasked"


def test_same_window_again_leaves_the_confirmation(world: World) -> None:
    mine = world.assign()
    world.a.give(visit.confirm(mine, at=NOW))
    world.dispatcher.give(dispatch.reschedule(mine, **WINDOW))
    assert world["visit", "VA"].fields["confirmation"] == "confirmed"


def test_customers_yes_confirms(world: World) -> None:
    mine = world.assign()
    world.customer.give([update(mine, customer_answer={"at": NOW, "answer": "yes"})])
    assert world["visit", "VA"].fields["confirmation"] == "confirmed" and world.items() == []


def test_customers_yes_to_a_time_that_was_moved_meanwhile_confirms_nothing(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.reschedule(mine, **LATER))
    yes = {"at": NOW, "answer": "yes", "starts_at": WINDOW["starts_at"]}
    world.customer.give([update(mine, customer_answer=yes)])
    assert world["visit", "VA"].fields["confirmation"] == "unasked"
    assert world.items() == ["customer_wants_change"]


def test_answer_that_the_office_heard_counts_like_the_customers(world: World) -> None:
    mine = world.assign()
    world.dispatcher.give(dispatch.relay_answer(mine, at=NOW, answer="another_time", heard_by="li"))
    assert world["visit", "VA"].fields["confirmation"] == "change_requested"
    world.dispatcher.give(dispatch.relay_answer(mine, at=NOW, answer="yes", heard_by="li"))
    assert world["visit", "VA"].fields["confirmation"] == "confirmed"


def test_system_asks_and_gives_up(world: World) -> None:
    mine = world.assign()
    for event, state in (("ask", "asked"), ("expire", "no_reply")):
        world.system.give([update(mine, confirmation={"event": event})])
        assert world["visit", "VA"].fields["confirmation"] == state


def test_nobody_writes_the_confirmation_or_the_appointment(world: World) -> None:
    mine = world.assign()
    world.a.give([update(mine, confirmation={"event": "confirm"})])
    world.dispatcher.give([update(mine, appointment=LATER)])
    after = world["visit", "VA"].fields
    assert (after["confirmation"], after["appointment"]) == ("unasked", WINDOW)


# One owner at any time.


def test_assignment_tells_who_owned_the_visit_from_when_to_when(world: World) -> None:
    mine = world.assign()
    held = world["assignment", assignment_id("VA")].fields
    assert (held["technician"], held["job_role"], held["end"]) == ("ta", "lead", None)
    world.dispatcher.give(dispatch.withdraw(mine, reason="x"))
    assert world["assignment", assignment_id("VA")].fields["end"] == "withdrawn"
    world.dispatcher.give(dispatch.reinstate(world["visit", "VA"]))
    assert world["assignment", assignment_id("VA")].fields["end"] is None
    world.a.give(visit.step(mine, "complete", at=NOW))
    assert world["assignment", assignment_id("VA")].fields["end"] == "done"


def test_pinned_checklists_travel_with_a_reassignment(world: World) -> None:
    template: dict[str, Any] = {"code": "ft", "version": 1, "name": {"zh": "全面测试"}}
    template["steps"] = [{"id": "s1", "text": {"zh": "通电"}}]
    home = SHARDS["checklist_template"]
    world.system.give([create("checklist_template", "ft-1", home, **template)])
    mine = world.assign(checklists=["ft-1"], to_carry=["P1"], expected_minutes=80)
    retired = Drafted(entity="checklist_template", record="ft-1", aggregate=home, set={}, action="delete")
    world.system.give([retired])
    world.dispatcher.give(dispatch.reassign(mine, new_visit="VB", technician="tb", reason="x"))
    new = world["visit", "VB"].fields
    assert (new["checklists"], new["to_carry"], new["expected_minutes"]) == (["ft-1"], ["P1"], 80)


# Expert cases.


def test_case_moves_along_as_its_clips_arrive(world: World) -> None:
    mine = world.assign()
    world.a.give(expert.ask_expert(mine, case="E1", question="noise?", at=NOW, by="ta"))
    clip = create(
        "media",
        "m1",
        W1,
        visit="VA",
        about="expert_case/E1",
        kind="video",
        sha256="1" * 64,
        size_bytes=9,
        content_type="video/mp4",
    )
    world.a.give([clip])
    assert world["expert_case", "E1"].fields["state"] == "media_arriving"
    world.system.give([update(world["media", "m1"], state={"event": "store"})])
    assert world["expert_case", "E1"].fields["state"] == "ready"
    world.expert.give(expert.claim_case(world["expert_case", "E1"], expert="ex"))
    assert world["expert_case", "E1"].fields["state"] == "claimed"


def test_phone_does_not_say_how_far_the_bytes_have_come(world: World) -> None:
    world.assign()
    row = create("media", "m1", W1, kind="photo", sha256="1" * 64, size_bytes=9, content_type="image/jpeg")
    world.a.give([row])
    world.a.give([update(world["media", "m1"], state={"event": "verify"})])
    assert world["media", "m1"].fields["state"] == "captured"


# Parts.


def test_move_changes_both_ends(world: World) -> None:
    world.system.give([create("stock_location", "WH", "stock/WH", code="WH", kind="warehouse")])
    receipt = parts.move_parts(
        move="M1", kind="receipt", part="P1", quantity=5, to_location="WH", at=NOW, by="sk"
    )
    transfer = parts.move_parts(
        move="M2",
        kind="transfer",
        part="P1",
        quantity=2,
        from_location="WH",
        to_location="V1",
        at=NOW,
        by="sk",
    )
    world.storekeeper.give([*receipt, *transfer])
    assert world["stock_level", stock_level_id("WH", "P1")].fields["balance"] == 3
    assert world["stock_level", stock_level_id("V1", "P1")].fields["balance"] == 2


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("quantity", 1_000_001, "too_great(1000000)"),
        ("quantity", 2**53 - 1, "too_great(1000000)"),
        ("counted_to", 2**53 - 1, "too_great(1000000)"),
        ("counted_from", 2**53 - 1, "too_great(1000000000)"),
        ("counted_from", 1 - 2**53, "too_small(-1000000000)"),
    ],
)
def test_no_move_can_take_a_balance_out_of_range(field: str, value: int, told: str) -> None:
    fields = PARTS_ENTITIES["stock_move"].fields
    assert fault(fields[field].type, value, f"stock_move.{field}") == f"stock_move.{field}: {told}"


def test_move_is_never_changed(world: World) -> None:
    mine = world.assign()
    use = parts.use_part(mine, move="M1", part="P1", quantity=1, from_location="V1", at=NOW, by="ta")
    world.a.give(use)
    world.a.give([update(world["stock_move", "M1"], quantity=7)])
    assert world["stock_move", "M1"].fields["quantity"] == 1
    assert world["stock_level", stock_level_id("V1", "P1")].fields["balance"] == -1


def test_serial_that_is_told_later_does_not_use_the_part_again(world: World) -> None:
    mine = world.assign()
    world.a.give(parts.use_part(mine, move="M1", part="P1", quantity=1, from_location="V1", at=NOW, by="ta"))
    world.a.give([update(world["stock_move", "M1"], serial="X9")])
    assert world["stock_move", "M1"].fields["serial"] == "X9"
    assert world["stock_level", stock_level_id("V1", "P1")].fields["balance"] == -1


def test_use_that_happened_during_a_count_survives_it(world: World) -> None:
    mine = world.assign()
    world.a.give(parts.use_part(mine, move="M1", part="P1", quantity=1, from_location="V1", at=NOW, by="ta"))
    # The counter saw 0 before the use arrived, and found 4.
    world.storekeeper.give(
        parts.count_part(move="M2", location="V1", part="P1", counted=4, observed=0, at=NOW, by="sk")
    )
    assert world["stock_level", stock_level_id("V1", "P1")].fields["balance"] == 3


def test_duplicate_serials_are_found_across_records() -> None:
    rows = [
        ("RF", "SL 1", "a1"),
        ("RF", "sl1", "a2"),
        ("RF", "SL1", "a2"),
        ("WP", "SL1", "a3"),
        ("RF", " ", "a4"),
    ]
    assert duplicate_serials(rows) == {("RF", "SL1"): ["a1", "a2"]}


# Corrections that wait.


def test_office_may_change_its_mind_about_a_rejected_correction(world: World) -> None:
    found = {"line": {"zh": "张江路9号"}}
    world.a.give(visit.correct_on_site(world.assign(), address=found))
    (change,) = world.of("site/S1", "master_change")
    world.dispatcher.give(decide.reject_change(change, reason="typing error"))
    world.dispatcher.give(decide.approve_change(world["master_change", change.id]))
    assert world["site", "S1"].fields["address"] == found


def test_correction_that_says_what_the_master_says_asks_nobody(world: World) -> None:
    world.a.give(visit.correct_on_site(world.assign(), contact="K1", phone="13900001000"))
    assert world.of("site/S1", "master_change") == []


@pytest.mark.parametrize(
    ("field", "value"), [("outlet", "O9"), ("nonsense", 1), ("address", {"line": 7}), ("number", "S9")]
)
def test_forged_correction_changes_nothing_even_when_approved(
    world: World, field: str, value: object
) -> None:
    world.assign()
    world.a.give(
        [create("master_change", "X1", "site/S1", entity="site", record="S1", field=field, value=value)]
    )
    before = world["site", "S1"].fields
    world.dispatcher.give(decide.approve_change(world["master_change", "X1"]))
    assert world["site", "S1"].fields == before


def test_approval_of_a_foreign_sites_correction_changes_nothing(world: World) -> None:
    world.assign()
    address = {"line": {"zh": "x"}}
    world.system.give(
        [create("site", "S2", "site/S2", number="S2", customer="C1", address=address, zone="Asia/Shanghai")]
    )
    forged = {"entity": "site", "record": "S2", "field": "address", "value": {"line": {"zh": "y"}}}
    world.a.give([create("master_change", "X1", "site/S1", **forged)])
    world.dispatcher.give(decide.approve_change(world["master_change", "X1"]))
    assert world["site", "S2"].fields["address"] == address


# Orders.


def test_number_is_there_with_the_creation(world: World) -> None:
    order_ = world["work_order", "W1"].fields
    assert order_["number"].startswith("SO-260302-") and order_["state"] == "new"


def test_phone_with_a_broken_clock_breaks_no_follow_up(world: World) -> None:
    mine = world.assign()
    world.a.do(visit.step(mine, "decline", at=NOW, reason="declined"))
    broken = world.a._outbox.pop().replace(NOW.encode(), b"not a time", 1)
    world.a._outbox.append(broken)
    (result,) = world.a.sync()
    assert result.status in ("applied", "parked")
    assert result.reason != "poisoned"


def test_cancelled_order_that_is_asked_about_twice_has_one_item(world: World) -> None:
    mine = world.assign()
    world.a.give(visit.step(mine, "start", at=NOW))
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="x"))
    world.a.give([*visit.step(mine, "finish", at=NOW), *visit.step(mine, "complete", at=NOW)])
    assert world.items() == ["bill_after_cancellation"]
