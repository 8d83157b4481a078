"""The phone's memory: one SQLite file. Every local change is one durable transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
Connect = Callable[[str], sqlite3.Connection]
"""Opens a file in autocommit mode; tests give one that fails on demand."""

LAYOUT = 1

TABLES = (
    """CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE aggregate (
        id TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        ver INTEGER NOT NULL,
        shadow INTEGER NOT NULL DEFAULT 0  -- left us; kept read-only for work that is still pending
    ) WITHOUT ROWID""",
    """CREATE TABLE record (
        aggregate TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
        ver INTEGER NOT NULL, deleted INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (aggregate, entity, id)
    )""",
    """CREATE INDEX record_by_id ON record (entity, id)""",
    """CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of authoring, across device ids
        device TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
        entity TEXT NOT NULL, record TEXT NOT NULL, aggregate TEXT NOT NULL,
        payload BLOB NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'acked', 'quarantined')),
        status TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
        result BLOB,
        shown_until INTEGER,  -- in the view until the aggregate has this version; NULL: as long as it is open
        authored_ms INTEGER NOT NULL, acked_ms INTEGER,
        UNIQUE (device, seq)
    )""",
    """CREATE INDEX outbox_by_state ON outbox (state, status)""",
    """CREATE INDEX outbox_by_record ON outbox (entity, record)""",
    """CREATE INDEX outbox_by_aggregate ON outbox (aggregate)""",
    """CREATE TABLE paging (
        aggregate TEXT PRIMARY KEY, whole INTEGER NOT NULL, after_ver INTEGER NOT NULL, after_id TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE staging (
        aggregate TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
        ver INTEGER NOT NULL, deleted INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (aggregate, entity, id)
    )""",
    """CREATE TABLE refetch (
        aggregate TEXT PRIMARY KEY,
        failed_ver INTEGER  -- fetched anew at this version, in vain; NULL: still to be fetched
    ) WITHOUT ROWID""",
    """CREATE TABLE snapshot (
        aggregate TEXT PRIMARY KEY, address TEXT NOT NULL, ver INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE upload (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        media TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL,
        size_bytes INTEGER NOT NULL, type TEXT NOT NULL,
        address TEXT NOT NULL DEFAULT '', offset_bytes INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'stored', 'missing', 'refused')),
        detail TEXT NOT NULL DEFAULT '',
        UNIQUE (media, sha256)
    )""",
)


class StoreTooNew(RuntimeError):
    """The file was written by a newer release of the client; nothing was touched."""


def connect(path: str) -> sqlite3.Connection:
    """Open a file in autocommit mode."""
    return sqlite3.connect(path, isolation_level=None, timeout=30)


class Store:
    """One open file, used by one thread."""

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self.path = path
        self._connection = connect(str(path))
        self._read: dict[str, Any] = {}
        """Named values as they stand, decoded (the schema is large). Nobody else writes to an open file."""
        self._put: set[str] = set()
        """Names that the present transaction has set."""
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        # What is erased or purged leaves no bytes behind in free pages.
        self._connection.execute("PRAGMA secure_delete = ON")
        self._lay_out()

    def close(self) -> None:
        """Close the file. Whatever was committed is there."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it durably, or nothing. Not nested."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._put.clear()
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            for name in self._put:
                self._read.pop(name, None)
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent reading over several statements."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> int:
        """Execute one statement; the number of rows that it changed."""
        return self._connection.execute(statement, values).rowcount

    def run_many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Execute one statement for each row."""
        self._connection.executemany(statement, rows)

    def all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of a query; None when there is none."""
        row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        return row

    def get(self, name: str, type: type[T]) -> T | None:
        """A named value, which must not be changed in place; None when it was never set."""
        if name not in self._read:
            row = self.one("SELECT value FROM meta WHERE name = ?", name)
            self._read[name] = None if row is None else msgspec.json.decode(row[0], type=type | None)
        return cast("T | None", self._read[name])

    def put(self, **values: Any) -> None:
        """Set named values, which must not be changed in place any more. One that stands already is not written."""
        news = {
            name: value
            for name, value in values.items()
            if name not in self._read or self._read[name] != value
        }
        self._put |= news.keys()
        self.run_many(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [(name, msgspec.json.encode(value)) for name, value in news.items()],
        )
        self._read |= news

    def _lay_out(self) -> None:
        row = self.one("PRAGMA user_version")
        found = 0 if row is None else int(row[0])
        if found > LAYOUT:
            self.close()
            raise StoreTooNew(f"{self.path} has layout {found}; this release knows up to {LAYOUT}")
        if found == LAYOUT:
            return
        with self.transaction():
            for table in TABLES:
                self.run(table)
            self.run(f"PRAGMA user_version = {LAYOUT}")
