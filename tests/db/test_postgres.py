"""PostgreSQL: transactions that are tried again, connections that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from psycopg import errors

from server.db.open import open_store
from server.db.postgres_store import PostgresStore
from server.db.statement import Statement
from sync.store import Changes, StoreUnavailable, WriteTransaction
from tests.db.fresh import fresh_postgres
from tests.parts.free_port import free_port
from tests.parts.postgres import Postgres
from tests.sync.contract.rows import a_device, a_record, stored

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(postgres: Postgres) -> Iterator[PostgresStore]:
    """An empty store."""
    opened = open_store(fresh_postgres(postgres), create=False, pool_size=4)
    assert isinstance(opened, PostgresStore)
    yield opened
    opened.close()


def cut_connections(store: PostgresStore) -> None:
    """As a restart of the server does."""
    with psycopg.connect(store.database.url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_deadlock_is_tried_again_and_counted(store: PostgresStore) -> None:
    devices = [a_device("d1"), a_device("d2")]
    store.transact(lambda transaction: transaction.write(Changes(devices=devices)))
    both_hold_one = Barrier(2)
    attempts: list[str] = []

    def cross(first: str, second: str) -> None:
        def work(transaction: WriteTransaction) -> None:
            attempts.append(first)
            transaction.lock_device(first)
            if attempts.count(first) == 1:
                both_hold_one.wait(20)
            transaction.lock_device(second)
            transaction.write(Changes(watchers={first}))

        store.transact(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(cross, ("d1", "d2"), ("d2", "d1")))

    assert len(attempts) == 3
    assert store.database.retries == {"40P01": 1}
    with store.snapshot() as snapshot:
        assert [snapshot.change(user) for user in ("d1", "d2")] == [1, 1]


def test_a_serialisation_failure_starts_the_work_over(store: PostgresStore) -> None:
    attempts: list[int] = []

    def work(transaction: WriteTransaction) -> None:
        attempts.append(1)
        transaction.lock_aggregates([f"work_order/{len(attempts)}"])
        if len(attempts) < 3:
            raise errors.SerializationFailure
        transaction.write(Changes(records=stored(a_record())))

    store.transact(work)

    assert len(attempts) == 3
    assert sum(store.database.retries.values()) == 2
    with psycopg.connect(store.database.url) as other:
        assert other.execute("SELECT id FROM aggregate").fetchall() == [("work_order/3",)]


def test_a_work_that_never_succeeds_is_unavailable_in_the_end(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.db.postgres_database.MOST_ATTEMPTS", 3)

    def work(transaction: WriteTransaction) -> None:
        raise errors.DeadlockDetected

    with pytest.raises(StoreUnavailable):
        store.transact(work)
    assert sum(store.database.retries.values()) == 3


def test_a_connection_lost_inside_a_work_is_unavailable_and_the_next_one_works(store: PostgresStore) -> None:
    def work(transaction: WriteTransaction) -> None:
        transaction.lock_aggregates(["work_order/w1"])
        cut_connections(store)
        transaction.write(Changes(records=stored(a_record())))

    with pytest.raises(StoreUnavailable):
        store.transact(work)
    assert store.transact(lambda transaction: "works") == "works"


def test_connections_that_were_lost_while_idle_are_not_noticed(store: PostgresStore) -> None:
    with store.snapshot(), store.snapshot(), store.snapshot():
        pass
    for use in (
        lambda: store.transact(lambda transaction: transaction.write(Changes(devices=[a_device()]))),
        lambda: store.poll("d1"),
        lambda: store.database.read(lambda connection: connection.row(Statement("SELECT 1"))),
    ):
        cut_connections(store)
        use()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        open_store(f"postgresql://doorstep@127.0.0.1:{free_port()}/nothing")


def test_writers_read_committed_and_readers_one_moment(store: PostgresStore) -> None:
    with store.database.reading() as raw:
        assert raw.execute("SHOW transaction_isolation").fetchone() == ("repeatable read",)
        assert raw.execute("SHOW transaction_read_only").fetchone() == ("on",)
    isolation = store.database.attempt(lambda raw: raw.execute("SHOW transaction_isolation").fetchone())
    assert isolation == ("read committed",)


def test_the_engines_sessions_use_indexes_and_desks_queries_plan_freely(store: PostgresStore) -> None:
    scans = Statement("SHOW enable_seqscan")
    assert store.database.read(lambda connection: connection.row(scans)) == ("on",)
    assert store.database.write(lambda connection: connection.row(scans)) == ("on",)
    with store.database.reading() as raw:
        assert raw.execute("SHOW enable_seqscan").fetchone() == ("off",)
