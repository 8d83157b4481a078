"""What desks read: records, versions, lists, board, inbox and search, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.db.desk_reader import DeskReader
from server.db.open import SqlStore
from server.db.reading import Reading
from sync.record import Record
from sync.store import AggregateRow, Changes
from tests.sync.contract.rows import a_record, stored, write

W1 = "work_order/w1"


@pytest.fixture
def reader(store: SqlStore, migrated_url: str) -> Iterator[DeskReader]:
    """Over a store with one customer's records and three orders."""
    write(store, Changes(records=stored(*company())), *{record.aggregate for record in company()})
    reader = DeskReader(migrated_url)
    yield reader
    reader.close()


def company() -> list[Record]:
    """What the desk has."""

    def order(id: str, opened: str, state: str, **fields: object) -> Record:
        given = {"customer": "c1", "opened_at": opened, "state": state, "number": f"WO-{id}"} | fields
        return a_record(id, f"work_order/{id}", entity="work_order", fields=given)

    def visit(id: str, technician: str, starts_at: str) -> Record:
        window = {"starts_at": starts_at, "ends_at": "2026-05-04T18:00:00Z"}
        fields = {"work_order": "w1", "technician": technician, "window": window}
        return a_record(id, fields=fields)

    return [
        a_record(
            "c1", "customer/c1", entity="customer",
            fields={"number": "K-100%", "name": {"zh": "上海第一医院", "en": "Shanghai First Hospital"}},
        ),
        a_record(
            "p1", "site/s1", entity="contact",
            fields={"site": "s1", "customer": "c1", "name": {"zh": "王芳"}, "phone": "+86 139-0000 0810"},
        ),
        a_record(
            "s1", "site/s1", entity="site",
            fields={"customer": "c1", "address": {"line": {"zh": "南京路1号"}, "city": {"zh": "上海"}}},
        ),
        a_record(
            "a1", "site/s1", entity="asset",
            fields={"customer": "c1", "model": "KX-9", "serial": "SN 77-001", "equipment": "chiller"},
        ),
        a_record("a2", "site/s2", entity="asset", fields={"serial": "sn77001", "equipment": "chiller"}),
        order("w1", "2026-05-04T08:00:00Z", "scheduled", symptom="压缩机不启动"),
        order("w2", "2026-05-04T08:00:00.500Z", "closed"),
        order("w3", "2026-05-03T08:00:00Z", "scheduled", provisional_number="P-7"),
        visit("v1", "t2", "2026-05-04T09:00:00Z"),
        visit("v2", "t1", "2026-05-04T13:00:00Z"),
        visit("v3", "t1", "2026-05-04T09:00:00.001Z"),
        visit("v4", "t1", "2026-05-05T09:00:00Z"),
        a_record("k1", entity="conflict", fields={"state": "open", "field": "window"}),
        a_record("k2", entity="conflict", fields={"state": "settled"}),
        a_record("i1", entity="inbox_item", fields={"state": "open", "for_role": "dispatcher"}),
        a_record("i2", entity="inbox_item", fields={"state": "open", "for_role": "storekeeper"}),
    ]  # fmt: skip


def found(reader: DeskReader, text: str) -> list[tuple[str, str]]:
    return [(hit.entity, hit.id) for hit in reader.search(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一医院", [("customer", "c1")]),
        ("first SHANGHAI", [("customer", "c1")]),
        ("0810", [("contact", "p1")]),
        ("13900000810", [("contact", "p1")]),
        ("王芳", [("contact", "p1")]),
        ("南京路", [("site", "s1")]),
        ("ｓｎ７７００１", [("asset", "a2")]),
        ("kx-9", [("asset", "a1")]),
        ("wo-w2", [("work_order", "w2")]),
        ("p-7", [("work_order", "w3")]),
        ("压缩机", [("work_order", "w1")]),
        ("100%", [("customer", "c1")]),
        ("1_0", []),
        ("  ", []),
        ("nothing like it", []),
    ],
)
def test_the_one_field_finds(reader: DeskReader, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(reader, text) == expected


def test_orders_are_listed_newest_first_and_paged(reader: DeskReader) -> None:
    first = reader.work_orders(limit=2)
    assert [order.id for order in first] == ["w2", "w1"]
    last = first[-1]
    assert last.opened_at is not None
    assert [order.id for order in reader.work_orders(after=(last.opened_at, last.id))] == ["w3"]


def test_orders_are_filtered(reader: DeskReader) -> None:
    assert [order.id for order in reader.work_orders(states=["scheduled"])] == ["w1", "w3"]
    assert [order.id for order in reader.work_orders(text="压缩机 wo")] == ["w1"]
    assert reader.work_orders(customer="c2") == []
    between = {"opened_from": "2026-05-04T00:00:00.000Z", "opened_before": "2026-05-04T08:00:00.500Z"}
    assert [order.id for order in reader.work_orders(**between)] == ["w1"]


def test_the_board_shows_a_days_visits_by_technician_and_start(reader: DeskReader) -> None:
    day = ("2026-05-04T00:00:00.000Z", "2026-05-05T00:00:00.000Z")
    assert [visit.id for visit in reader.board(*day)] == ["v3", "v2", "v1"]
    assert [visit.id for visit in reader.board(*day, technicians=["t2"])] == ["v1"]
    assert len(reader.visits_of(["w1"])) == 4


def test_the_inbox_holds_what_is_open_for_a_role(reader: DeskReader) -> None:
    assert [conflict.id for conflict in reader.conflicts()] == ["k1"]
    assert [item.id for item in reader.inbox(roles=["dispatcher"])] == ["i1"]
    assert len(reader.inbox()) == 2


def test_a_serial_number_used_twice_is_found_in_any_spelling(reader: DeskReader) -> None:
    assert [asset.id for asset in reader.same_serial("a1")] == ["a2"]
    assert reader.same_serial("nobody") == []


def test_a_reader_sees_what_was_written_since(reader: DeskReader, store: SqlStore) -> None:
    fields = {"state": "new", "opened_at": "2026-06-01T00:00:00Z"}
    write(store, Changes(records=stored(a_record("w9", "work_order/w9", entity="work_order", fields=fields))))
    assert reader.work_orders()[0].id == "w9"


def test_records_and_versions_are_read_without_the_write_door(store: SqlStore) -> None:
    record, gone = a_record(), a_record("v2", deleted=True)
    row = AggregateRow(id=W1, ver=4, digest=9)
    write(store, Changes(aggregates=[row], records=stored(record, gone)), W1)
    reading = Reading(store.database)
    assert reading.versions([W1, "work_order/none"]) == {W1: 4, "work_order/none": 0}
    assert reading.records([("visit", "v1"), ("visit", "none")]) == {("visit", "v1"): record}
    assert reading.of_aggregate(W1) == (row, [record, gone])


def test_codes_that_people_know_lead_to_ids(store: SqlStore) -> None:
    write(store, Changes(records=stored(*company())), *{record.aggregate for record in company()})
    reading = Reading(store.database)
    assert reading.ids_of("customer", "K-100%") == ["c1"]
    assert reading.ids_of("work_order", "P-7") == ["w3"]
    assert reading.ids_of("asset", "SN-77 001") == ["a1", "a2"]
    assert reading.ids_of("part", "none") == []
