"""SQLite's writer: several works share one commit, and none answers before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from server.db.connection import Connection
from server.db.sqlite_database import SqliteDatabase
from server.db.statement import Statement
from sync.store import StoreUnavailable

ADD = Statement("INSERT INTO number (n) VALUES (:n)")
ALL = Statement("SELECT n FROM number ORDER BY n")
WAIT_SECONDS = 20


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteDatabase]:
    """A file with one table; groups are not cut short by a slow machine."""
    monkeypatch.setattr("server.db.sqlite_database.GROUP_SECONDS", 60.0)
    monkeypatch.setattr("server.db.sqlite_database.BUSY_SECONDS", 0.05)
    database = SqliteDatabase(tmp_path / "numbers.db")
    database.write(
        lambda connection: connection.run(Statement("CREATE TABLE number (n INTEGER PRIMARY KEY)"))
    )
    database.group_sizes.clear()
    yield database
    database.close()


class Held:
    """A first work that keeps its group open until the others have been queued."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._go = Event()
        self.first = database.submit(self._wait)

    def _wait(self, connection: Connection) -> None:
        self._go.wait(WAIT_SECONDS)

    def let_go(self) -> None:
        self._go.set()
        self.first.result(WAIT_SECONDS)


def add(number: int) -> Any:
    return lambda connection: connection.run(ADD, n=number)


def numbers(database: SqliteDatabase) -> list[int]:
    return [n for (n,) in database.read(lambda connection: connection.rows(ALL))]


def test_works_that_wait_together_are_committed_together(database: SqliteDatabase) -> None:
    held = Held(database)
    futures = [database.submit(add(number)) for number in range(5)]
    held.let_go()
    assert [future.result(WAIT_SECONDS) for future in futures] == [1] * 5
    assert numbers(database) == [0, 1, 2, 3, 4]
    assert database.group_sizes == {6: 1}


def test_nobody_is_answered_before_the_commit(database: SqliteDatabase) -> None:
    seen: list[tuple[bool, list[int]]] = []
    held = Held(database)
    first = database.submit(add(1))
    database.submit(lambda connection: seen.append((first.done(), numbers(database))))
    held.let_go()
    first.result(WAIT_SECONDS)
    assert seen == [(False, [])]


def test_a_failing_work_is_undone_alone(database: SqliteDatabase) -> None:
    def fail(connection: Connection) -> None:
        connection.run(ADD, n=2)
        raise LookupError("two")

    held = Held(database)
    futures: list[Future[Any]] = [database.submit(work) for work in (add(1), fail, add(3))]
    held.let_go()
    assert futures[0].result(WAIT_SECONDS) == futures[2].result(WAIT_SECONDS) == 1
    with pytest.raises(LookupError, match="two"):
        futures[1].result(WAIT_SECONDS)
    assert numbers(database) == [1, 3]


def test_a_work_that_fails_before_it_changes_anything_leaves_the_group_together(
    database: SqliteDatabase,
) -> None:
    def fail(connection: Connection) -> None:
        connection.rows(ALL)
        raise LookupError("two")

    held = Held(database)
    futures: list[Future[Any]] = [database.submit(work) for work in (add(1), fail, add(3))]
    held.let_go()
    assert futures[0].result(WAIT_SECONDS) == futures[2].result(WAIT_SECONDS) == 1
    with pytest.raises(LookupError, match="two"):
        futures[1].result(WAIT_SECONDS)
    assert numbers(database) == [1, 3]
    assert database.group_sizes == {3: 1}


def test_works_that_ran_with_one_that_was_undone_run_again_and_have_one_effect(
    database: SqliteDatabase,
) -> None:
    ran: list[int] = []

    def counted(number: int) -> Any:
        def work(connection: Connection) -> int:
            ran.append(number)
            return connection.run(ADD, n=number)

        return work

    def fail(connection: Connection) -> None:
        connection.run(ADD, n=9)
        raise LookupError("nine")

    held = Held(database)
    futures = [database.submit(work) for work in (counted(1), counted(2), fail, counted(3))]
    held.let_go()
    assert [futures[place].result(WAIT_SECONDS) for place in (0, 1, 3)] == [1, 1, 1]
    assert ran == [1, 2, 1, 2, 3]
    assert numbers(database) == [1, 2, 3]


def test_a_work_sees_what_the_one_before_it_in_the_group_wrote(database: SqliteDatabase) -> None:
    held = Held(database)
    database.submit(add(1))
    second = database.submit(lambda connection: connection.rows(ALL))
    held.let_go()
    assert second.result(WAIT_SECONDS) == [(1,)]


class FailingCommit:
    """A connection whose next commit finds the disk full."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self.fails = True

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "COMMIT" and self.fails:
            self.fails = False
            raise sqlite3.OperationalError("database or disk is full")
        return self._raw.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


def test_a_commit_that_fails_fails_everyone_in_it(database: SqliteDatabase) -> None:
    database._writer = FailingCommit(database._writer)  # type: ignore[assignment]
    held = Held(database)
    futures = [database.submit(add(number)) for number in range(3)]
    with pytest.raises(StoreUnavailable):
        held.let_go()
    for future in futures:
        with pytest.raises(StoreUnavailable):
            future.result(WAIT_SECONDS)
    assert numbers(database) == []
    database.write(add(7))
    assert numbers(database) == [7]


def test_on_a_full_disk_whoever_was_told_yes_is_kept(database: SqliteDatabase) -> None:
    def fill(connection: Connection) -> None:
        # A limit on the file's pages meets SQLite like a full disk.
        connection.row(Statement("PRAGMA max_page_count = 10"))
        connection.run(Statement("CREATE TABLE big (body BLOB)"))
        connection.run(Statement("INSERT INTO big VALUES (zeroblob(1000000))"))

    held = Held(database)
    before, big, after = database.submit(add(1)), database.submit(fill), database.submit(add(2))
    try:
        held.let_go()
    except StoreUnavailable:
        pass
    with pytest.raises(StoreUnavailable, match="full"):
        big.result(WAIT_SECONDS)
    told_yes = [n for n, future in ((1, before), (2, after)) if future.exception(WAIT_SECONDS) is None]
    assert set(told_yes) <= set(numbers(database))
    assert all(
        isinstance(future.exception(), StoreUnavailable) for future in (before, after) if future.exception()
    )


def test_a_file_locked_by_another_process_is_unavailable_until_it_is_free(database: SqliteDatabase) -> None:
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        database.write(add(1))
    other.execute("ROLLBACK")
    other.close()
    database.write(add(2))
    assert numbers(database) == [2]


def test_a_file_that_cannot_be_written_is_unavailable_and_can_be_read(database: SqliteDatabase) -> None:
    database.write(add(1))
    database._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        database.write(add(2))
    assert numbers(database) == [1]


def test_whoever_stopped_waiting_changes_nothing(database: SqliteDatabase) -> None:
    held = Held(database)
    gone = database.submit(add(1))
    assert gone.cancel()
    database.submit(add(2))
    held.let_go()
    database.write(add(3))
    assert numbers(database) == [2, 3]


def test_closing_finishes_what_is_queued(database: SqliteDatabase) -> None:
    futures = [database.submit(add(number)) for number in range(20)]
    database.close()
    assert all(future.result(WAIT_SECONDS) == 1 for future in futures)
    with pytest.raises(StoreUnavailable, match="closed"):
        database.write(add(99))


def test_readers_cannot_write(database: SqliteDatabase) -> None:
    with pytest.raises(StoreUnavailable):
        database.read(lambda connection: connection.run(ADD, n=1))


def test_every_commit_is_forced_to_the_disk(database: SqliteDatabase) -> None:
    full = 2
    assert database._writer.execute("PRAGMA synchronous").fetchone() == (full,)
    assert database._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
