"""Writers beside each other, on every adapter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec

from sync.store import Ask, Changes, DeviceRow, Loaded, Store, WriteTransaction
from tests.sync.contract.rows import a_device, a_record, stored

AGGREGATES = ["work_order/w1", "work_order/w2", "work_order/w3"]
WRITERS = 4
ROUNDS = 10


def test_versions_are_dense_and_no_write_is_lost(store: Store) -> None:
    """Each writer reads, adds one to every version, and puts a record at the version that it made."""
    start = Barrier(WRITERS)

    def bump(writer: int, round: int) -> None:
        # Each order of locking is asked for; the store locks in id order.
        mine = AGGREGATES[writer % 3 :] + AGGREGATES[: writer % 3]

        def work(transaction: WriteTransaction) -> None:
            transaction.lock_aggregates(mine)
            rows = transaction.load(Ask(aggregates=mine)).aggregates
            news = [
                msgspec.structs.replace(row, ver=row.ver + 1, digest=row.digest + 1) for row in rows.values()
            ]
            records = [a_record(f"r{writer}-{round}-{row.id}", row.id, row.ver) for row in news]
            transaction.write(Changes(aggregates=news, records=stored(*records)))

        store.transact(work)

    def writer(number: int) -> None:
        start.wait(10)
        for round in range(ROUNDS):
            bump(number, round)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(writer, range(WRITERS)))

    with store.snapshot() as snapshot:
        for aggregate in AGGREGATES:
            vers = [ver for _, ver, _, _ in snapshot.changed([(aggregate, 0)])]
            assert vers == list(range(1, WRITERS * ROUNDS + 1))
    rows = store.transact(lambda transaction: transaction.load(Ask(aggregates=AGGREGATES))).aggregates
    assert {row.digest for row in rows.values()} == {WRITERS * ROUNDS}


def test_what_is_loaded_after_the_lock_is_what_the_one_before_wrote(store: Store) -> None:
    """A device's number, read under its lock, is never handed out twice."""
    store.transact(lambda transaction: transaction.write(Changes(devices=[a_device()])))

    def take(_: int) -> int:
        def work(transaction: WriteTransaction) -> int:
            door = transaction.lock_device("d1")
            assert door is not None
            transaction.write(Changes(devices=[msgspec.structs.replace(door, last_seq=door.last_seq + 1)]))
            return door.last_seq

        return store.transact(work)

    with ThreadPoolExecutor(WRITERS) as threads:
        taken = list(threads.map(take, range(WRITERS * ROUNDS)))
    assert sorted(taken) == list(range(WRITERS * ROUNDS))


def test_a_door_that_several_make_at_once_is_made_once(store: Store) -> None:
    start = Barrier(WRITERS)

    def enter(number: int) -> DeviceRow | None:
        start.wait(10)
        door = a_device("desk/u1", last_seq=number)
        return store.transact(lambda transaction: transaction.lock_device("desk/u1", door))

    with ThreadPoolExecutor(WRITERS) as threads:
        doors = list(threads.map(enter, range(WRITERS)))
    assert len({door.last_seq for door in doors if door is not None}) == 1


def test_a_failing_work_takes_nobody_with_it(store: Store) -> None:
    start = Barrier(WRITERS)

    def work(number: int) -> str:
        start.wait(10)

        def change(transaction: WriteTransaction) -> None:
            transaction.lock_aggregates([f"work_order/{number}"])
            transaction.write(Changes(records=stored(a_record(f"v{number}", f"work_order/{number}"))))
            if number % 2:
                raise LookupError(str(number))

        try:
            store.transact(change)
        except LookupError as error:
            return f"failed {error}"
        return "written"

    with ThreadPoolExecutor(WRITERS) as threads:
        said = list(threads.map(work, range(WRITERS)))

    assert said == ["written", "failed 1", "written", "failed 3"]
    keys = [("visit", f"v{number}") for number in range(WRITERS)]
    loaded: Loaded = store.transact(lambda transaction: transaction.load(Ask(records=keys)))
    assert sorted(id for _, id in loaded.records) == ["v0", "v2"]
