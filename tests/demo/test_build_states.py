"""Every state that the content means is there, and nothing else is open."""

from __future__ import annotations

from collections import Counter

from domain.place import COMPANY, SHARDS, customer, self_of, site, stock
from domain.schema.orders import STATES
from tests.demo.built import Built


def test_there_are_orders_in_every_state(built: Built) -> None:
    states = {record.fields["state"] for record in built.of("work_order", built.orders)}
    assert states == set(STATES)


def test_the_rules_derive_the_state_that_the_content_means(built: Built) -> None:
    meant = {row["id"]: (row["state"], row["waiting_for"]) for row in built.content.both("work_orders")}
    for record in built.of("work_order", built.orders):
        state, waiting_for = meant[record.id]
        visits = built.content.visits_of(record.id)
        if state == "scheduled" and all(one["dispatch_state"] == "withdrawn" for one in visits):
            continue  # nobody was free to take it over: it is to be dispatched again
        assert (record.fields["state"], record.fields.get("waiting_for")) == (state, waiting_for)


def test_visits_stand_where_the_content_has_them(built: Built) -> None:
    for row in built.content.open["visits"]:
        fields = built.one("visit", row["id"]).fields
        assert fields["exec_state"] == (row["exec_state"] or "received")
        assert fields["dispatch_state"] == row["dispatch_state"]
        assert fields["confirmation"] == row["confirmation"]
        assert fields["appointment"] == {"starts_at": row["window_start"], "ends_at": row["window_end"]}


def test_only_what_field_and_office_both_corrected_is_in_conflict(built: Built) -> None:
    world = built.content
    wanted = {row["kind"]: row for row in world.open["clashes"]}
    site_both, phone_both = wanted["address_both"], wanted["phone_both"]
    aggregates = [
        *built.orders,
        *(site(row["id"]) for row in world.base["sites"]),
        *(customer(row["id"]) for row in world.base["customers"]),
        *(stock(row["code"]) for row in world.content.stock_locations),
        *(self_of(row["login"]) for row in world.content.technicians),
        *SHARDS.values(),
        *COMPANY.values(),
    ]
    found = {record.fields["field"]: record.fields for record in built.of("conflict", aggregates)}
    assert set(found) == {"address", "phone"}
    assert {fields["state"] for fields in found.values()} == {"open"}
    assert found["address"]["record"] == site_both["site"]
    assert found["address"]["standing"]["value"]["line"] == site_both["address"]
    assert found["address"]["losing"]["value"]["line"] == site_both["office_address"]
    assert found["phone"]["record"] == phone_both["contact"]
    assert found["phone"]["standing"]["value"] == phone_both["phone"]
    assert found["phone"]["losing"]["value"] == phone_both["office_phone"]


def test_the_inbox_holds_only_what_the_open_days_bring(built: Built) -> None:
    world = built.content
    aggregates = [*built.orders, *(stock(row["code"]) for row in world.content.stock_locations)]
    kinds = Counter(record.fields["kind"] for record in built.of("inbox_item", aggregates))
    wanted = Counter(
        {
            "declined": 2,
            "customer_wants_change": 1,
            "agreed_otherwise": 1,
            "two_on_one_job": 1,
            "planned_twice": 1,
            "bill_after_cancellation": 1,
        }
    )
    assert kinds == wanted


def test_two_plans_for_one_order_name_both_dispatchers(built: Built) -> None:
    items = built.of("inbox_item", built.orders)
    (detail,) = [one.fields["detail"] for one in items if one.fields["kind"] == "planned_twice"]
    (row,) = [row for row in built.content.open["clashes"] if row["kind"] == "two_plans"]
    told = [(one["planned_by"], one["visit"]) for one in (detail["first"], detail["second"])]
    assert told == [(row["dispatcher"], row["visit"]), (row["other_dispatcher"], row["other"])]


def test_what_was_found_on_site_waits_for_approval(built: Built) -> None:
    world = built.content
    waiting = built.of("master_change", (site(row["id"]) for row in world.base["sites"]))
    assert {record.fields["field"] for record in waiting} == {"address", "phone"}
    assert {record.fields["state"] for record in waiting} == {"waiting"}
    found_by = {row["technician"] for row in world.open["clashes"] if row["kind"].startswith("correction_")}
    assert {record.fields["found_by"] for record in waiting} == found_by


def test_work_that_cannot_be_placed_is_parked_with_its_reason(built: Built) -> None:
    with built.store.snapshot() as snapshot:
        parked = snapshot.parked(("unknown_field", "unknown_reference"), ("", 0), 10)
    assert sorted(one.reason for one in parked) == ["unknown_field", "unknown_reference"]
    rows = [row for row in built.content.open["clashes"] if row["kind"].startswith("parked_")]
    assert {one.user for one in parked} == {row["technician"] for row in rows}


def test_visits_that_moved_say_why(built: Built) -> None:
    world = built.content
    moved = [row for row in world.both("visits") if row["moved"]]
    notes = {record.id: record.fields for record in built.of("note", built.orders)}
    for row in moved:
        note = notes[row["moved"]["id"]]
        assert row["moved"]["reason"] in note["text"] and note["written_at"] == row["moved"]["at"]
    withdrawn = [row for row in world.both("visits") if row["dispatch_state"] == "withdrawn"]
    told = {record.id: record.fields for record in built.of("visit", built.orders)}
    assert withdrawn and all(
        told[row["id"]]["dispatch_reason"] == row["dispatch_reason"] for row in withdrawn
    )
