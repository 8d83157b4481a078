"""What desks read: records, versions, orders, board, what waits for a person, and search, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from server.db.open import SqlStore
from server.db.queries import board as boards
from server.db.queries import lists
from server.db.queries.board import BoardFilter
from server.db.queries.search import HITS_PER_KIND, search
from server.db.reading import Reading
from sync.record import Record
from sync.store import AggregateRow, Changes
from tests.sync.contract.rows import a_record, stored, write

W1 = "work_order/w1"


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """A store with one customer's records and three orders."""
    write(store, Changes(records=stored(*company())), *{record.aggregate for record in company()})
    return store


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


def found(store: SqlStore, text: str) -> list[tuple[str, str]]:
    return [(hit.entity, hit.id) for hit in search(store.database, text).hits]


def asked(**given: str) -> BoardFilter:
    """What a desk asks for; judged on the day after."""
    return BoardFilter(**given, now="2026-05-05T00:00:00.000Z", silent_since="2026-05-04T23:00:00.000Z")


def orders(store: SqlStore, after: tuple[str, str] | None = None, most: int = 100, **given: str) -> list[str]:
    return [order.id for order in boards.orders(store.database, asked(**given), after, most)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一医院", [("customer", "c1")]),
        ("first SHANGHAI", [("customer", "c1")]),
        ("0810", [("contact", "p1")]),
        ("13900000810", [("contact", "p1")]),
        ("王芳", [("contact", "p1")]),
        ("南京路", [("site", "s1")]),
        ("ｓｎ７７００１", [("asset", "a1"), ("asset", "a2")]),
        ("SN-770", [("asset", "a1"), ("asset", "a2")]),
        ("7700", [("asset", "a2")]),
        ("chiller SN", [("asset", "a2"), ("asset", "a1")]),
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
def test_the_one_field_finds(filled: SqlStore, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(filled, text) == expected


def test_what_begins_with_the_serial_number_comes_before_what_contains_it(store: SqlStore) -> None:
    newer = [a_record(f"b{n}", "site/s1", entity="asset", fields={"model": "sn77001"}) for n in range(10)]
    one = a_record("a1", "site/s1", entity="asset", fields={"serial": "SN 77-001-4", "equipment": "chiller"})
    write(store, Changes(records=stored(one, *newer)), "site/s1")
    hits = search(store.database, "SN77001").hits
    assert [hit.id for hit in hits] == ["a1", *(f"b{n}" for n in range(9, 2, -1))]
    assert len(hits) == HITS_PER_KIND
    assert (hits[0].title_zh, hits[0].detail) == ("chiller", "SN 77-001-4")


def test_orders_are_listed_newest_first_and_paged(filled: SqlStore) -> None:
    assert orders(filled, most=2) == ["w2", "w1"]
    assert orders(filled, after=("2026-05-04T08:00:00.000Z", "w1")) == ["w3"]


def test_orders_are_filtered_by_state_and_by_their_visits(filled: SqlStore) -> None:
    assert orders(filled, state="scheduled") == ["w1", "w3"]
    assert orders(filled, technician="t2") == ["w1"]
    assert orders(filled, technician="t3") == []


def test_the_board_shows_a_days_visits_by_technician_and_start(filled: SqlStore) -> None:
    day = {"from_at": "2026-05-04T00:00:00.000Z", "before_at": "2026-05-05T00:00:00.000Z"}
    shown = boards.visits(filled.database, asked(**day), 100)
    assert [(visit.id, visit.number) for visit in shown] == [
        ("v3", "WO-w1"),
        ("v2", "WO-w1"),
        ("v1", "WO-w1"),
    ]
    assert [visit.id for visit in boards.visits(filled.database, asked(**day, technician="t2"), 100)] == [
        "v1"
    ]


def test_orders_with_a_late_visit_or_a_silent_phone_are_found(store: SqlStore) -> None:
    def visit(id: str, exec_state: str, ends_at: str, dispatch_state: str = "dispatched") -> Record:
        window = {"starts_at": "2026-05-04T09:00:00Z", "ends_at": ends_at}
        states = {"exec_state": exec_state, "dispatch_state": dispatch_state}
        return a_record(id, fields={"work_order": id, "technician": "t1", "window": window, **states})

    yesterday, tomorrow = "2026-05-04T10:00:00Z", "2026-05-06T10:00:00Z"
    visits = [
        visit("not-left", "accepted", tomorrow),
        visit("overdue", "working", yesterday),
        visit("in-time", "working", tomorrow),
        visit("signed", "signed_off", yesterday),
        visit("done", "done", yesterday),
        visit("withdrawn", "accepted", yesterday, "withdrawn"),
    ]
    given = [a_record(one.id, f"work_order/{one.id}", entity="work_order") for one in visits]
    write(store, Changes(records=stored(*visits, *given)), *{one.aggregate for one in (*visits, *given)})

    def found(**which: bool) -> set[str]:
        wanted = msgspec.structs.replace(asked(), **which)
        orders = {order.id for order in boards.orders(store.database, wanted, None, 100)}
        assert {visit.work_order for visit in boards.visits(store.database, wanted, 100)} == orders
        return orders

    assert found(late=True) == {"not-left", "overdue"}
    assert found(unknown=True) == {"not-left", "overdue", "in-time", "signed"}


def test_what_waits_for_a_person_is_listed_by_state_and_role(filled: SqlStore) -> None:
    assert lists.conflicts(filled.database, "open", "", 100) == ["k1"]
    assert lists.conflicts(filled.database, "open", "k1", 100) == []
    assert [id for _, id in lists.inbox(filled.database, "open", "dispatcher", 100)] == ["i1"]
    assert [id for _, id in lists.inbox(filled.database, "open", "", 100)] == ["i1", "i2"]
    assert lists.master_changes(filled.database, "waiting", "", 100) == []


@pytest.mark.parametrize("most", [1, 2])
def test_pages_of_a_list_are_the_list(store: SqlStore, most: int) -> None:
    """Where the order's columns are alike or empty, too."""
    times = ("2026-05-04T08:00:00Z", "2026-05-04T08:00:00Z", "2026-05-04T09:00:00Z", None)
    items = [
        a_record(f"i{n}", entity="inbox_item", fields={"state": "open", "opened_at": at})
        for n, at in enumerate(times)
    ]
    cases = [
        a_record(f"x{n}", entity="expert_case", fields={"state": "ready", "asked_at": at})
        for n, at in enumerate(times)
    ]
    levels = [
        a_record(f"l{n}", entity="stock_level", fields={"location": place, "part": "p", "balance": n})
        for n, place in enumerate(("a", "a", "b", None))
    ]
    people = [
        a_record(f"t{n}", entity="technician", fields={"number": number})
        for n, number in enumerate(("T1", "T1", "T2", None))
    ]
    records = [*items, *cases, *levels, *people]
    write(store, Changes(records=stored(*records)), *{one.aggregate for one in records})
    database = store.database

    def paged(
        read: Callable[[int, Sequence[str] | None], list[Any]], key: Callable[[Any], list[str]]
    ) -> list[str]:
        found: list[Any] = []
        while rows := read(most, key(found[-1]) if found else None):
            found += rows
        return [key(one)[-1] for one in found]

    waiting = paged(lambda n, at: lists.inbox(database, "open", "", n, at), list)
    asked = paged(lambda n, at: lists.cases(database, "", n, at), lambda row: [row.asked_at or "", row.id])
    lying = paged(
        lambda n, at: lists.levels(database, "", "", False, n, at),
        lambda row: [row.location or "", row.code or "", row.id],
    )
    known = paged(
        lambda n, at: lists.technicians(database, "", n, at), lambda row: [row.number or "", row.id]
    )
    assert waiting == ["i3", "i0", "i1", "i2"]
    assert asked == ["x2", "x0", "x1", "x3"]
    assert lying == ["l3", "l0", "l1", "l2"]
    assert known == ["t3", "t0", "t1", "t2"]


def test_a_reader_sees_what_was_written_since(filled: SqlStore) -> None:
    fields = {"state": "new", "opened_at": "2026-06-01T00:00:00Z"}
    write(
        filled, Changes(records=stored(a_record("w9", "work_order/w9", entity="work_order", fields=fields)))
    )
    assert orders(filled)[0] == "w9"


def test_records_and_versions_are_read_without_the_write_door(store: SqlStore) -> None:
    record, gone = a_record(), a_record("v2", deleted=True)
    row = AggregateRow(id=W1, ver=4, digest=9)
    write(store, Changes(aggregates=[row], records=stored(record, gone)), W1)
    reading = Reading(store.database)
    assert reading.versions([W1, "work_order/none"]) == {W1: 4, "work_order/none": 0}
    assert reading.records([("visit", "v1"), ("visit", "none")]) == {("visit", "v1"): record}
    assert reading.of_aggregate(W1) == (row, [record, gone])
