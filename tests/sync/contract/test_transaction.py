"""What one transaction reads and writes, on every adapter."""

from __future__ import annotations

import pytest

from sync.audit import GENESIS
from sync.record import Record
from sync.store import AggregateRow, Ask, Changes, Loaded, Store, WriteTransaction
from tests.sync.contract.rows import a_device, a_receipt, a_record, a_right, an_entry, stored, write


def load(store: Store, ask: Ask) -> Loaded:
    return store.transact(lambda transaction: transaction.load(ask))


def test_what_is_written_is_loaded_as_it_was(store: Store) -> None:
    row = AggregateRow(
        id="work_order/w1",
        ver=3,
        digest=2**256 - 1,
        tomb_floor=1,
        chain_head=b"\x00\xff" * 16,
        chain_length=7,
    )
    record = a_record(ver=3, fields={"note": "漏水\x00", "n": 2**53, "list": [1, None, {"a": 1.5}]})
    deleted = a_record("v2", ver=2, deleted=True)
    receipt = a_receipt()
    right = a_right(to_ver=2)
    write(
        store,
        Changes(aggregates=[row], records=stored(record, deleted), receipts=[receipt], entitlements=[right]),
        row.id,
    )

    loaded = load(
        store,
        Ask(
            aggregates=[row.id],
            records=[("visit", "v1"), ("visit", "v2"), ("visit", "none")],
            receipts=("d1", 1, 1),
            entitlements=("u1", [row.id]),
        ),
    )

    assert loaded.aggregates == {row.id: row}
    assert loaded.records == {("visit", "v1"): record, ("visit", "v2"): deleted}
    assert loaded.receipts == [receipt]
    assert loaded.entitlements == [right]


def test_an_aggregate_that_nobody_has_written_is_at_version_zero(store: Store) -> None:
    def work(transaction: WriteTransaction) -> Loaded:
        transaction.lock_aggregates(["work_order/w1"])
        return transaction.load(Ask(aggregates=["work_order/w1", "work_order/w2"]))

    assert store.transact(work).aggregates == {
        id: AggregateRow(id=id, chain_head=GENESIS) for id in ("work_order/w1", "work_order/w2")
    }


def test_nothing_is_loaded_when_nothing_is_asked(store: Store) -> None:
    assert load(store, Ask()) == Loaded()


def test_a_record_is_replaced_by_its_newer_version(store: Store) -> None:
    write(store, Changes(records=stored(a_record(ver=1))), "work_order/w1")
    newer = a_record(ver=2, fields={"note": "修好了"})
    write(store, Changes(records=stored(newer)), "work_order/w1")
    assert load(store, Ask(records=[("visit", "v1")])).records == {("visit", "v1"): newer}


def test_whole_kinds_are_loaded_from_their_aggregate_alone(store: Store) -> None:
    here = a_record("v1")
    also = a_record("v2", deleted=True)
    note = a_record("n1", entity="note")
    elsewhere = a_record("v3", aggregate="work_order/w2")
    write(store, Changes(records=stored(here, also, note, elsewhere)), "work_order/w1", "work_order/w2")
    loaded = load(store, Ask(kinds=[("work_order/w1", "visit"), ("work_order/w9", "visit")]))
    assert loaded.records == {("visit", "v1"): here, ("visit", "v2"): also}


def test_the_same_id_under_another_entity_is_another_record(store: Store) -> None:
    visit, note = a_record("x"), a_record("x", entity="note")
    write(store, Changes(records=stored(visit, note)), "work_order/w1")
    assert load(store, Ask(records=[("note", "x")])).records == {("note", "x"): note}


def test_receipts_are_found_by_their_range_with_both_ends(store: Store) -> None:
    write(store, Changes(receipts=[a_receipt(seq) for seq in (3, 1, 2, 4)] + [a_receipt(2, "d2")]))
    assert {one.seq for one in load(store, Ask(receipts=("d1", 2, 3))).receipts} == {2, 3}


def test_an_operation_is_found_by_its_id_as_first_taken_in(store: Store) -> None:
    first = a_receipt(1, "d1", id="op-x", result=b"first")
    write(store, Changes(receipts=[first]))
    write(store, Changes(receipts=[a_receipt(1, "d2", id="op-x", status="duplicate", result=b"second")]))
    assert load(store, Ask(operation_ids=["op-x", "op-y"])).receipts == [first]


def test_parked_operations_are_found_by_their_aggregate_until_they_are_settled(store: Store) -> None:
    parked = a_receipt(2, status="parked", reason="unknown_record", waits_for="visit/v9")
    other = a_receipt(3, status="parked", aggregate="work_order/w2")
    write(store, Changes(receipts=[a_receipt(1), parked, other]))
    assert load(store, Ask(waiting=["work_order/w1"])).waiting == [parked]

    settled = a_receipt(2, status="merged", reason="replayed", result=b"new")
    write(store, Changes(settled_receipts=[settled]))

    assert load(store, Ask(waiting=["work_order/w1"])).waiting == []
    assert load(store, Ask(receipts=("d1", 2, 2))).receipts == [settled]


def test_rights_are_found_by_user_and_aggregate_and_by_their_cause(store: Store) -> None:
    mine = a_right()
    closed = a_right(because="v2", from_ver=2, to_ver=5)
    theirs = a_right("u2")
    elsewhere = a_right(aggregate="work_order/w2", because="v3")
    write(store, Changes(entitlements=[mine, closed, theirs, elsewhere]))
    by_user = load(store, Ask(entitlements=("u1", ["work_order/w1"]))).entitlements
    assert sorted(by_user, key=lambda row: row.because) == [mine, closed]
    by_cause = load(store, Ask(because=["v1"])).entitlements
    assert sorted(by_cause, key=lambda row: row.user) == [mine, theirs]


def test_a_right_that_is_given_again_opens_an_interval_of_its_own(store: Store) -> None:
    write(store, Changes(entitlements=[a_right()]))
    write(store, Changes(entitlements=[a_right(to_ver=4)]))
    assert load(store, Ask(because=["v1"])).entitlements == [a_right(to_ver=4)]
    write(store, Changes(entitlements=[a_right(from_ver=6)]))
    both = load(store, Ask(because=["v1"])).entitlements
    assert sorted(both, key=lambda row: row.from_ver) == [a_right(to_ver=4), a_right(from_ver=6)]


def test_watchers_are_those_with_an_open_right(store: Store) -> None:
    write(
        store,
        Changes(entitlements=[a_right(), a_right("u2", to_ver=3), a_right("u3", aggregate="work_order/w2")]),
    )
    both = store.transact(lambda transaction: transaction.watchers_of(["work_order/w1", "work_order/w2"]))
    one = store.transact(lambda transaction: transaction.watchers_of(["work_order/w1"]))
    nobody = store.transact(lambda transaction: transaction.watchers_of([]))
    assert (both, one, nobody) == ({"u1", "u3"}, {"u1"}, set())


def test_the_base_floor_is_the_greatest_base_of_that_device_on_that_aggregate(store: Store) -> None:
    write(
        store,
        Changes(
            receipts=[
                a_receipt(1, base_ver=7),
                a_receipt(2, base_ver=5),
                a_receipt(3, base_ver=9, aggregate="work_order/w2"),
                a_receipt(1, "d2", base_ver=8),
            ]
        ),
    )
    floor = store.transact(lambda transaction: transaction.base_floor("d1", "work_order/w1", 99))
    none = store.transact(lambda transaction: transaction.base_floor("d1", "work_order/w3", 99))
    assert (floor, none) == (7, 0)


def test_a_device_is_locked_changed_and_read_again(store: Store) -> None:
    assert store.transact(lambda transaction: transaction.lock_device("d1")) is None
    write(store, Changes(devices=[a_device()]))
    moved = a_device(last_seq=5, revoked=True, roles=("technician", "expert"), forked_from="d0")
    write(store, Changes(devices=[moved]))
    assert store.transact(lambda transaction: transaction.lock_device("d1")) == moved


def test_a_door_is_made_on_first_use_and_stays_as_it_is(store: Store) -> None:
    door = a_device("desk/u1", public_key=b"")

    def work(transaction: WriteTransaction) -> object:
        return transaction.lock_device("desk/u1", door)

    assert store.transact(work) == door
    write(store, Changes(devices=[a_device("desk/u1", public_key=b"", last_seq=4)]))
    assert store.transact(work) == a_device("desk/u1", public_key=b"", last_seq=4)


def test_a_work_that_fails_changes_nothing(store: Store) -> None:
    def work(transaction: WriteTransaction) -> None:
        transaction.lock_device("d1", a_device())
        transaction.lock_aggregates(["work_order/w1"])
        transaction.write(
            Changes(
                records=stored(a_record()),
                receipts=[a_receipt()],
                audit=[an_entry()],
                entitlements=[a_right()],
                watchers={"u1"},
            )
        )
        raise LookupError("after the write")

    with pytest.raises(LookupError, match="after the write"):
        store.transact(work)

    loaded = load(store, Ask(records=[("visit", "v1")], receipts=("d1", 0, 9), because=["v1"]))
    assert loaded == Loaded()
    assert store.transact(lambda transaction: transaction.lock_device("d1")) is None
    with store.snapshot() as snapshot:
        assert snapshot.change("u1") == 0
        assert snapshot.entitled("u1") == []


def test_the_result_of_a_work_is_returned(store: Store) -> None:
    assert store.transact(lambda transaction: "done") == "done"


def test_records_are_found_by_what_people_call_them(store: Store) -> None:
    def customer(id: str, number: str, **changes: object) -> Record:
        return a_record(id, f"customer/{id}", entity="customer", fields={"number": number}, **changes)

    there = [customer("c2", "C-1"), customer("c1", "C-1"), customer("c3", "C-2")]
    gone = customer("c4", "C-1", deleted=True)
    places = [AggregateRow(id=one.aggregate, ver=1) for one in (*there, gone)]
    write(store, Changes(aggregates=places, records=stored(*there, gone)), *(one.id for one in places))

    found = [load(store, Ask(holding=("customer", "number", number))).holding for number in ("C-1", "C-9")]

    assert found == [["c1", "c2"], []]
