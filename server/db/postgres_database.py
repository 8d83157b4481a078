"""PostgreSQL: a pool of connections used from threads, and transactions that are tried again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool

from server.db.bulk import Upsert
from server.db.connection import Connection
from server.db.failure import translated
from server.db.postgres_sql import BEGIN_READ, BEGIN_WRITE, PLAN_FREELY
from server.db.statement import Statement
from sync.store import StoreUnavailable

T = TypeVar("T")
Raw = psycopg.Connection[tuple[Any, ...]]

MOST_ATTEMPTS = 20
"""Deadlocks and serialisation failures run a work again so many times, then it is StoreUnavailable."""
LONGEST_PAUSE_SECONDS = 0.05
CONNECT_SECONDS = 10
SESSION = (
    "lock_timeout=10s",
    "idle_in_transaction_session_timeout=60s",
    # Compiling a plan took ten times as long as running it (180 ms for a pull of 6,000 records).
    "jit=off",
    # Every statement of the engine finds its rows by an index. A plan that was made and kept while the tables were
    # empty would scan them for ever after: 3 ms instead of 0.1 ms for the ledger, after 6,000 operations.
    "enable_seqscan=off",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
)
PREPARE_AFTER_USES = 1


class PostgresConnection:
    """`Connection` over a raw driver connection."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    def rows(self, statement: Statement, /, **values: Any) -> list[tuple[Any, ...]]:
        return self._execute(statement, values).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> tuple[Any, ...] | None:
        return self._execute(statement, values).fetchone()

    def run(self, statement: Statement, /, **values: Any) -> int:
        return self._execute(statement, values).rowcount

    def put_rows(self, upsert: Upsert, rows: Sequence[tuple[Any, ...]], /) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.raw.execute(upsert.postgres.encode(), columns)

    def _execute(self, statement: Statement, values: dict[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.raw.execute(statement.postgres.encode(), statement.postgres_values(values))


class PostgresDatabase:
    """A database. `retries` counts transactions that were run again, by SQLSTATE."""

    def __init__(
        self, url: str, pool_size: int, connection_class: type[psycopg.Connection[Any]] = psycopg.Connection
    ) -> None:
        self.url = url
        self.retries: dict[str, int] = {}
        self._counting = threading.Lock()
        self._threads = ThreadPoolExecutor(pool_size, "postgres-writer")
        self._pool: ConnectionPool[Raw] = ConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            timeout=CONNECT_SECONDS,
            open=False,
            connection_class=connection_class,
            kwargs={
                "autocommit": True,  # transactions are begun by hand, together with their first statement
                "prepare_threshold": PREPARE_AFTER_USES,
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "doorstep",
                "options": " ".join(f"-c {one}" for one in SESSION),
            },
        )
        try:
            self._pool.open(wait=True, timeout=CONNECT_SECONDS)
        except psycopg.Error as error:
            self._pool.close()
            raise translated(error) from error

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run a work in a thread; the future is done after its commit."""
        try:
            return self._threads.submit(self.write, work)
        except RuntimeError:
            future: Future[T] = Future()
            future.set_exception(StoreUnavailable("the database is closed"))
            return future

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `Database.write`."""

        def run(raw: Raw) -> T:
            result = work(PostgresConnection(raw))
            raw.execute("COMMIT")
            return result

        return self.attempt(run, BEGIN_WRITE + PLAN_FREELY)

    def attempt(self, work: Callable[[Raw], T], begin: str = BEGIN_WRITE) -> T:
        """Run `work` in a transaction that it commits itself; again after a deadlock or serialisation failure."""
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                with self._transaction(begin) as raw:
                    return work(raw)
            except (errors.DeadlockDetected, errors.SerializationFailure) as error:
                self._count(error.sqlstate or "")
                if attempt == MOST_ATTEMPTS:
                    raise translated(error) from error
            except Exception as error:
                known = translated(error)
                if known is error:
                    raise
                raise known from error
            # Spread in time, so that those who met do not meet again.
            time.sleep(random.uniform(0, min(LONGEST_PAUSE_SECONDS, 0.001 * 2**attempt)))
        raise AssertionError("the last attempt returns or raises")

    def read(self, work: Callable[[Connection], T]) -> T:
        """See `Database.read`."""
        with self.reading(BEGIN_READ + PLAN_FREELY) as raw:
            return work(PostgresConnection(raw))

    @contextmanager
    def reading(self, begin: str = BEGIN_READ) -> Iterator[Raw]:
        """A raw connection inside one consistent reading."""
        try:
            with self._transaction(begin) as raw:
                yield raw
        except psycopg.Error as error:
            known = translated(error)
            if known is error:
                raise
            raise known from error

    def glance(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """The first row of one reading statement, which needs no transaction to be consistent."""
        try:
            for _ in range(self._pool.max_size):
                with self._pool.connection() as raw:
                    try:
                        return raw.execute(statement.encode(), values).fetchone()
                    except psycopg.OperationalError:
                        if not raw.closed:
                            raise
            with self._pool.connection() as raw:
                return raw.execute(statement.encode(), values).fetchone()
        except psycopg.Error as error:
            known = translated(error)
            if known is error:
                raise
            raise known from error

    def close(self) -> None:
        """Let running transactions end, then refuse everything with StoreUnavailable. Repeating is safe."""
        self._threads.shutdown(wait=True)
        self._pool.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Raw]:
        """A connection on which a transaction has begun; whatever is not committed is rolled back."""
        with ExitStack() as held:
            raw = held.enter_context(self._pool.connection())
            # The server may have closed idle connections (a restart): each one shows it once, here.
            for _ in range(self._pool.max_size):
                try:
                    raw.execute(begin.encode(), prepare=False)
                    break
                except psycopg.OperationalError:
                    if not raw.closed:
                        raise
                held.close()
                raw = held.enter_context(self._pool.connection())
            else:
                raw.execute(begin.encode(), prepare=False)
            try:
                yield raw
            finally:
                if not raw.closed and raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    raw.execute("ROLLBACK")

    def _count(self, sqlstate: str) -> None:
        with self._counting:
            self.retries[sqlstate] = self.retries.get(sqlstate, 0) + 1
