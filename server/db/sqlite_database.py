"""SQLite: one writer thread that commits several works at once, and connections that only read."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from server.db.bulk import Upsert
from server.db.connection import Connection
from server.db.failure import translated
from server.db.statement import Statement
from sync.store import StoreUnavailable

T = TypeVar("T")

GROUP_WORKS = 64
"""So many works share a commit at most."""
GROUP_SECONDS = 0.05
"""A group that has run so long takes no further work, so that the first in it does not wait for ever."""
BUSY_SECONDS = 5.0
"""How long another process, such as a command, may hold the write lock."""
CHECKPOINT_PAGES = 4000
WRITER_CACHE_KIB = 64 * 1024
READER_CACHE_KIB = 2 * 1024
"""The system keeps the file's pages for all readers anyway; what one keeps besides is the process's memory."""
IDLE_READERS = 8
STATEMENTS_KEPT = 256


class SqliteConnection:
    """`Connection` over a raw driver connection."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    def rows(self, statement: Statement, /, **values: Any) -> list[tuple[Any, ...]]:
        return self.raw.execute(statement.sqlite, statement.sqlite_values(values)).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> tuple[Any, ...] | None:
        # Read to the end: an INSERT … RETURNING is done only then.
        found = self.rows(statement, **values)
        return found[0] if found else None

    def run(self, statement: Statement, /, **values: Any) -> int:
        return self.raw.execute(statement.sqlite, statement.sqlite_values(values)).rowcount

    def put_rows(self, upsert: Upsert, rows: Sequence[tuple[Any, ...]], /) -> None:
        self.raw.executemany(upsert.sqlite, rows)


class SqliteDatabase:
    """A database file. `group_sizes` counts commits by how many works they held."""

    def __init__(
        self,
        path: Path,
        connection_class: type[sqlite3.Connection] = sqlite3.Connection,
        group_works: int = GROUP_WORKS,
    ) -> None:
        self.path = path
        self._connection_class = connection_class
        self._group_works = group_works
        self.group_sizes: dict[int, int] = {}
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._door = threading.Lock()
        self._open = True
        self._readers: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        try:
            self._writer = _connect(path, connection_class)
        except sqlite3.Error as error:
            raise translated(error) from error
        self._thread = threading.Thread(target=self._write_all, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue a work; the future is done after its commit is on the disk."""
        future: Future[T] = Future()
        with self._door:
            if self._open:
                self._queue.put(_Job(work, future))
            else:
                future.set_exception(StoreUnavailable("the database is closed"))
        return future

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `Database.write`."""
        return self.submit(work).result()

    def read(self, work: Callable[[Connection], T]) -> T:
        """See `Database.read`."""
        with self.reading() as raw:
            return work(SqliteConnection(raw))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A raw connection inside one consistent reading. Long ones keep the write-ahead log from shrinking."""
        try:
            raw = self._reader()
            try:
                raw.execute("BEGIN")
                yield raw
            finally:
                self._give_back(raw)
        except sqlite3.Error as error:
            raise translated(error) from error

    def glance(self, statement: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The first row of one statement, which needs no transaction to be consistent."""
        try:
            raw = self._reader()
            try:
                found: tuple[Any, ...] | None = raw.execute(statement, values).fetchone()
            finally:
                self._give_back(raw)
        except sqlite3.Error as error:
            raise translated(error) from error
        return found

    def close(self) -> None:
        """Finish what is queued, then refuse everything with StoreUnavailable. Repeating is safe."""
        with self._door:
            if not self._open:
                return
            self._open = False
            self._queue.put(None)
        self._thread.join()
        self._writer.close()
        while True:
            try:
                self._readers.get_nowait().close()
            except Empty:
                return

    def _reader(self) -> sqlite3.Connection:
        if not self._open:
            raise StoreUnavailable("the database is closed")
        try:
            return self._readers.get_nowait()
        except Empty:
            raw = _connect(self.path, self._connection_class)
            raw.execute("PRAGMA query_only = ON")
            raw.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
            return raw

    def _give_back(self, raw: sqlite3.Connection) -> None:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        if self._open and self._readers.qsize() < IDLE_READERS:
            self._readers.put(raw)
        else:
            raw.close()

    # the writer thread

    def _write_all(self) -> None:
        while True:
            job = self._queue.get()
            if job is None:
                return
            if not self._write_group(job):
                return

    def _write_group(self, first: _Job) -> bool:
        """Run and commit one group; false when the end of the queue was met."""
        done: list[_Job] = []
        going_on = True
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if first.start():
                first.fail(error)
            return True
        job: _Job | None = first
        started = time.monotonic()
        try:
            while job is not None:
                if job.start() and self._run(job):
                    done.append(job)
                if len(done) >= self._group_works or time.monotonic() - started > GROUP_SECONDS:
                    break
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                going_on = job is not None
            self._writer.execute("COMMIT")
        except _Undo:
            self._abandon()
            for job in done:
                self._run_alone(job)
            return True
        except (sqlite3.Error, _TransactionLost) as error:
            self._abandon()
            for job in done:
                job.fail(StoreUnavailable(f"the commit failed: {error}"))
            return going_on
        self._answer(done)
        return going_on

    def _run(self, job: _Job) -> bool:
        """Run a work; false when it failed and had changed nothing. Raises _Undo when it failed after a change."""
        changes_before = self._writer.total_changes
        try:
            job.result = job.work(SqliteConnection(self._writer))
        except BaseException as error:
            job.fail(error)
            if not self._writer.in_transaction:
                # SQLite itself rolls everything back on a full disk, for instance.
                raise _TransactionLost(str(error)) from error
            if self._writer.total_changes != changes_before:
                raise _Undo from error
            return False
        return True

    def _run_alone(self, job: _Job) -> None:
        """Run a work again, in a transaction of its own: the one that it shared was rolled back."""
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            if self._run(job):
                self._writer.execute("COMMIT")
                self._answer([job])
                return
        except (_Undo, _TransactionLost):
            # It has its error already.
            pass
        except sqlite3.Error as error:
            job.fail(StoreUnavailable(f"the commit failed: {error}"))
        self._abandon()

    def _answer(self, done: list[_Job]) -> None:
        """What was committed is told."""
        self.group_sizes[len(done)] = self.group_sizes.get(len(done), 0) + 1
        for job in done:
            job.succeed()

    def _abandon(self) -> None:
        if self._writer.in_transaction:
            try:
                self._writer.execute("ROLLBACK")
            except sqlite3.Error:
                self._writer.close()
                self._writer = _connect(self.path, self._connection_class)


class _Undo(Exception):
    """A work failed after it had changed something: the group is rolled back, and the others run again alone."""


class _TransactionLost(Exception):
    """SQLite has undone the whole group by itself."""


class _Job:
    """A queued work and the future that waits for its commit."""

    __slots__ = ("_future", "result", "work")

    def __init__(self, work: Callable[[Connection], Any], future: Future[Any]) -> None:
        self.work = work
        self.result: Any = None
        self._future = future

    def start(self) -> bool:
        """False when whoever waited has gone; from here on nobody can cancel."""
        return self._future.set_running_or_notify_cancel()

    def succeed(self) -> None:
        self._future.set_result(self.result)

    def fail(self, error: BaseException) -> None:
        self._future.set_exception(translated(error))


def _connect(path: Path, connection_class: type[sqlite3.Connection]) -> sqlite3.Connection:
    raw = sqlite3.connect(
        path,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS_KEPT,
        factory=connection_class,
    )
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA temp_store = MEMORY")
    raw.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
    raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return raw
