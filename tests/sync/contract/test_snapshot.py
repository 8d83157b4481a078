"""What a phone's pull reads, on every adapter."""

from __future__ import annotations

import msgspec

from sync.store import AggregateRow, Changes, Store
from tests.sync.contract.rows import a_receipt, a_record, a_right, an_entry, stored, write

W1, W2 = "work_order/w1", "work_order/w2"


def test_the_epoch_stays_the_same(store: Store) -> None:
    with store.snapshot() as first, store.snapshot() as second:
        assert first.epoch() == second.epoch() != ""


def test_every_write_that_touches_a_watcher_is_counted(store: Store) -> None:
    write(store, Changes(watchers={"u1", "u2"}))
    write(store, Changes(watchers={"u2"}))
    with store.snapshot() as snapshot:
        assert [snapshot.change(user) for user in ("u1", "u2", "u3")] == [1, 2, 0]


def test_entitled_lists_open_rights_once_in_byte_order_with_counts(store: Store) -> None:
    ids = ["site/a", "site/Z", "site/é", W1]
    write(
        store,
        Changes(
            aggregates=[AggregateRow(id=id, ver=place) for place, id in enumerate(ids, start=1)],
            records=stored(a_record("v1"), a_record("v2", deleted=True), a_record("s1", aggregate="site/a")),
            entitlements=[
                *(a_right(aggregate=id) for id in ids),
                a_right(because="v2"),
                a_right(aggregate=W2, to_ver=3),
                a_right("u2", aggregate=W2),
            ],
        ),
        *ids,
        W2,
    )
    with store.snapshot() as snapshot:
        found = [(row.id, row.ver, count) for row, count in snapshot.entitled("u1")]
    assert found == [("site/Z", 2, 0), ("site/a", 1, 1), ("site/é", 3, 0), (W1, 4, 2)]


def test_counts_follow_creations_and_ignore_changes(store: Store) -> None:
    row = AggregateRow(id=W1, ver=1)
    write(store, Changes(aggregates=[row], records=stored(a_record("v1")), entitlements=[a_right()]), W1)
    write(store, Changes(aggregates=[row], records=stored(a_record("v1", ver=2), a_record("v2", ver=2))), W1)
    write(store, Changes(records=stored(a_record("v3", ver=3), a_record("v1", ver=3, deleted=True))), W1)
    with store.snapshot() as snapshot:
        assert [count for _, count in snapshot.entitled("u1")] == [3]


def test_changed_gives_stored_bytes_above_each_version_in_order(store: Store) -> None:
    records = [
        a_record("b", ver=2),
        a_record("a", ver=2),
        a_record("c", ver=1),
        a_record("d", ver=3, deleted=True),
        a_record("e", aggregate=W2, ver=5),
        a_record("f", aggregate="work_order/w3", ver=9),
    ]
    write(store, Changes(records=stored(*records)), W1, W2, "work_order/w3")
    bodies = {record.id: body for record, body in stored(*records)}
    with store.snapshot() as snapshot:
        found = list(snapshot.changed([(W2, 0), (W1, 1)]))
        assert list(snapshot.changed([(W1, 3)])) == []
        assert list(snapshot.changed([])) == []
    expected = [(W1, 2, "a"), (W1, 2, "b"), (W1, 3, "d"), (W2, 5, "e")]
    assert found == [(aggregate, ver, id, bodies[id]) for aggregate, ver, id in expected]


def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    records = [a_record(f"v{n:02}", ver=n // 3 + 1) for n in range(10)]
    write(store, Changes(records=stored(*reversed(records))), W1)
    after, seen, sizes = (0, "~"), [], []
    with store.snapshot() as snapshot:
        while page := snapshot.page(W1, after, 4):
            sizes.append(len(page))
            seen += [id for _, _, id, _ in page]
            after = (page[-1][1], page[-1][2])
    assert seen == [record.id for record in records]
    assert sizes == [4, 4, 2]


def test_parked_operations_are_paged_by_device_and_seq(store: Store) -> None:
    places = [("d1", 1), ("d1", 10), ("d1", 9), ("d2", 1)]
    reasons = dict(zip(places, ["a", "b", "a", "a"], strict=True))
    parked = [a_receipt(seq, device, status="parked", reason=reasons[device, seq]) for device, seq in places]
    write(store, Changes(receipts=[*parked, a_receipt(2)]))
    with store.snapshot() as snapshot:
        everything = snapshot.parked((), ("", 0), 10)
        rest = snapshot.parked((), ("d1", 9), 10)
        some = snapshot.parked(("a", "c"), ("", 0), 2)
    assert [(one.device, one.seq) for one in everything] == [("d1", 1), ("d1", 9), ("d1", 10), ("d2", 1)]
    assert [(one.device, one.seq) for one in rest] == [("d1", 10), ("d2", 1)]
    assert [(one.device, one.seq) for one in some] == [("d1", 1), ("d1", 9)]


def test_results_come_in_seq_order_without_the_unknown(store: Store) -> None:
    write(store, Changes(receipts=[a_receipt(seq, result=b"r%d" % seq) for seq in (1, 2, 10)]))
    with store.snapshot() as snapshot:
        assert snapshot.results("d1", [10, 2, 7]) == [b"r2", b"r10"]
        assert snapshot.results("d2", [1]) == []


def test_a_snapshot_shows_one_moment_while_others_write(store: Store) -> None:
    row = AggregateRow(id=W1, ver=1)
    write(store, Changes(aggregates=[row], records=stored(a_record("v1")), entitlements=[a_right()]), W1)
    with store.snapshot() as snapshot:
        write(
            store,
            Changes(
                aggregates=[AggregateRow(id=W1, ver=2)],
                records=stored(a_record("v1", ver=2), a_record("v2", ver=2)),
                entitlements=[a_right(aggregate=W2)],
                watchers={"u1"},
            ),
            W1,
            W2,
        )
        assert [(held.id, held.ver, count) for held, count in snapshot.entitled("u1")] == [(W1, 1, 1)]
        assert [(ver, id) for _, ver, id, _ in snapshot.changed([(W1, 0)])] == [(1, "v1")]
        assert snapshot.change("u1") == 0
    with store.snapshot() as snapshot:
        assert [(ver, id) for _, ver, id, _ in snapshot.changed([(W1, 0)])] == [(2, "v1"), (2, "v2")]


def test_the_ledger_holds_everything_that_ever_arrived_from_a_device(store: Store) -> None:
    receipts = [a_receipt(1), a_receipt(2, status="parked"), a_receipt(10, status="duplicate")]
    write(store, Changes(receipts=[*reversed(receipts), a_receipt(1, "d2")]))
    with store.snapshot() as snapshot:
        assert snapshot.ledger("d1", 0, 10) == receipts
        assert snapshot.ledger("d1", 1, 1) == receipts[1:2]
        assert snapshot.ledger("d3", 0, 10) == []


def test_an_audit_chain_comes_back_in_order_with_what_was_erased(store: Store) -> None:
    erased = msgspec.structs.replace(an_entry(3), salt=None, payload=None)
    write(store, Changes(audit=[an_entry(1), an_entry(2), an_entry(1, W2)]), W1)
    write(store, Changes(audit=[erased]), W1)
    with store.snapshot() as snapshot:
        assert snapshot.audit(W1) == [an_entry(1), an_entry(2), erased]
        assert snapshot.audit("work_order/none") == []
