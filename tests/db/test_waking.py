"""What one process commits wakes the others; what they could not hear, they are told to look at again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from queue import SimpleQueue

import psycopg
import pytest

from server.db.open import open_store
from server.db.waking import hearing, telling
from server.db.waking.others import OtherProcesses
from server.db.waking.word import CHANNEL, MOST_BYTES, heard, words
from sync.store import AggregateRow, Changes
from tests.db.fresh import fresh_postgres
from tests.parts.postgres import Postgres
from tests.sync.contract.rows import a_record, stored, write

SOON = 10.0
POLL_SECONDS = 0.1
LOOK_AGAIN = "*"


class Woken:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: SimpleQueue[str] = SimpleQueue()

    def tell(self, aggregates: Sequence[str], users: Sequence[str]) -> None:
        for one in aggregates:
            self.told.put(one)

    def look_again(self) -> None:
        self.told.put(LOOK_AGAIN)

    def next(self) -> str:
        return self.told.get(timeout=SOON)

    def until(self, wanted: str) -> list[str]:
        """All that comes up to this."""
        found = [self.next()]
        while found[-1] != wanted:
            found.append(self.next())
        return found


class Pair:
    """Process A tells, process B hears; both do both."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.woken_a, self.woken_b = Woken(), Woken()
        self.a = OtherProcesses(url, [self.woken_a], POLL_SECONDS)
        self.b = OtherProcesses(url, [self.woken_b], POLL_SECONDS)
        with psycopg.connect(url, autocommit=True) as witness:
            witness.execute(f"LISTEN {CHANNEL}")
            self._begin(self.b, self.woken_b, witness)
            self._begin(self.a, self.woken_a, witness)
        assert self.woken_b.next() == LOOK_AGAIN, "A has begun"

    def _begin(self, process: OtherProcesses, woken: Woken, witness: psycopg.Connection) -> None:
        """Returns when it listens, and has told that it does."""
        process.hear()
        (told,) = witness.notifies(timeout=SOON, stop_after=1)
        assert heard(told.payload).everything
        assert woken.next() == LOOK_AGAIN

    def close(self) -> None:
        self.a.close()
        self.b.close()


@pytest.fixture
def pair(postgres_url: str) -> Iterator[Pair]:
    pair = Pair(postgres_url)
    yield pair
    pair.close()


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection]:
    """A connection to another database of the cluster."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        yield connection


def _cut(admin: psycopg.Connection, url: str, name: str) -> None:
    """End the connections of this name, and wait until they have ended."""
    database = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    ended = admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = %s AND application_name = %s", (database, name)
    ).fetchall()  # fmt: skip
    assert ended and all(one for (one,) in ended)


def test_a_commit_wakes_the_other_process_and_not_itself(pair: Pair) -> None:
    pair.a.tell(["work_order/w1", "site/s1"], ["alice"])
    assert [pair.woken_b.next(), pair.woken_b.next()] == ["work_order/w1", "site/s1"]
    pair.b.tell(["work_order/w2"], [])
    assert pair.woken_a.next() == "work_order/w2"


def test_a_store_tells_after_its_commit(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    pair, store = Pair(url), open_store(url, create=False)
    stop = store.listen(pair.a.tell)
    record = a_record()
    row = AggregateRow(id=record.aggregate, ver=1, digest=1)
    write(store, Changes(aggregates=[row], records=stored(record)), record.aggregate)
    assert pair.woken_b.next() == record.aggregate
    stop()
    store.close()
    pair.close()


def test_what_comes_within_a_tick_travels_together(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "TICK_SECONDS", 3600)
    with psycopg.connect(pair.url, autocommit=True) as witness:
        witness.execute(f"LISTEN {CHANNEL}")
        for n in range(300):
            pair.a.tell([f"work_order/{n}"], [])
            witness.execute("SELECT 1")  # takes as long as telling would
        pair.a.close()
        payloads = [one.payload for one in witness.notifies(timeout=0.2)]
    named = [name for payload in payloads for name in heard(payload).aggregates]
    assert named == [f"work_order/{n}" for n in range(300)]
    assert len(payloads) <= 3, "one at once, perhaps one that the first tick still let through, and the rest"


def test_more_names_than_fit_into_one_notification_all_arrive() -> None:
    names = [f"work_order/{'订' * 20}-{n}" for n in range(1_000)]
    payloads = words("a", names)
    assert max(len(payload.encode()) for payload in payloads) <= MOST_BYTES
    assert [name for payload in payloads for name in heard(payload).aggregates] == names
    assert len(payloads) < 1 + sum(len(name.encode()) + 3 for name in names) / (MOST_BYTES - 200)


def test_more_changes_than_can_be_named_are_everything(pair: Pair) -> None:
    pair.a.tell([f"work_order/{n}" for n in range(telling.MOST_NAMED + 1)], [])
    assert pair.woken_b.next() == LOOK_AGAIN
    pair.a.tell(["work_order/w1"], [])
    assert pair.woken_b.next() == "work_order/w1"


def test_a_notification_that_nobody_understands_is_everything(pair: Pair) -> None:
    with psycopg.connect(pair.url, autocommit=True) as connection:
        connection.execute(f"NOTIFY {CHANNEL}, '[of another release]'")
    assert pair.woken_b.next() == LOOK_AGAIN


def test_a_cut_listener_comes_back_and_looks_again(pair: Pair, admin: psycopg.Connection) -> None:
    _cut(admin, pair.url, hearing.NAME)
    pair.a.tell(["work_order/meanwhile"], [])
    assert pair.woken_b.next() == LOOK_AGAIN
    # Told after it listens: it is heard by name, however often everything was looked at in between.
    heard_again = threading.Event()

    def tell_on() -> None:
        while not heard_again.wait(0.05):
            pair.a.tell(["work_order/afterwards"], [])

    teller = threading.Thread(target=tell_on)
    teller.start()
    pair.woken_b.until("work_order/afterwards")
    heard_again.set()
    teller.join()


def test_while_nobody_can_listen_everything_is_looked_at_by_the_clock(
    pair: Pair, admin: psycopg.Connection
) -> None:
    database = psycopg.conninfo.conninfo_to_dict(pair.url)["dbname"]
    admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false".encode())
    _cut(admin, pair.url, hearing.NAME)
    assert [pair.woken_b.next() for _ in range(3)] == [LOOK_AGAIN] * 3
    pair.a.tell(["work_order/unheard"], [])
    assert [pair.woken_b.next() for _ in range(3)] == [LOOK_AGAIN] * 3
    admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true".encode())


def test_what_could_not_be_told_is_told_as_everything(
    pair: Pair, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "RETRY_SECONDS", 0.01)
    _cut(admin, pair.url, telling.NAME)
    pair.a.tell(["work_order/w1"], [])
    assert pair.woken_b.next() == LOOK_AGAIN
    pair.a.tell(["work_order/w2"], [])
    assert pair.woken_b.next() == "work_order/w2"


def test_what_is_untold_at_the_end_is_told_and_closing_is_quick(pair: Pair) -> None:
    pair.a.tell(["work_order/w1"], [])
    pair.a.tell(["work_order/w2"], [])
    began = time.monotonic()
    pair.a.close()
    pair.a.close()
    assert time.monotonic() - began < 2
    assert pair.woken_b.until("work_order/w2") == ["work_order/w1", "work_order/w2"]


def test_one_process_on_sqlite_has_nobody_to_wake(sqlite_url: str) -> None:
    threads = threading.active_count()
    alone = OtherProcesses(sqlite_url, [Woken()])
    alone.hear()
    alone.tell(["work_order/w1"], [])
    assert threading.active_count() == threads
    alone.close()
