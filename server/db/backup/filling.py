"""Dumps into an empty database: whole or not at all, and under an epoch of its own.

SQLite is filled as a file beside the final one, which gets its name when everything is in it. PostgreSQL gets its rows
and its epoch in one transaction.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from server.db.address import is_sqlite, sqlite_path
from server.db.backup.connecting import connected
from server.db.backup.dump import Header, Row
from server.db.backup.reading import POSTGRES_TYPES
from server.db.failure import translated
from server.db.migrate import check_reachable, declared, migrate
from server.db.open import EPOCH_BYTES, open_store
from server.db.rebuild import Progress, rebuild

Tables = Callable[[], Iterable[tuple[Header, Iterator[list[Row]]]]]
"""Gives every dump of a backup, one after the other; each is read to its end before the next."""

NOBODYS_WORK = frozenset({"meta"})
"""What a database that nobody has used yet may hold."""
USED_SINCE = (
    # A code that was used after the backup would enrol a second phone. Used ones stay: a lost reply is repeated.
    "DELETE FROM enrolment_code WHERE used_at IS NULL",
    # Their bytes are not in a backup, and whoever sends them has them still: the upload begins again.
    "DELETE FROM upload WHERE state = 'partial'",
)
_EPOCH_SQLITE = "INSERT INTO meta (one, epoch) VALUES (1, ?)"
_EPOCH_POSTGRES = "INSERT INTO meta (one, epoch) VALUES (1, %s)"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'doorstep'"
_PRESENT = "SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false))"


class NotEmpty(Exception):
    """The database holds rows, or is in use; the message is one sentence. Nothing was changed."""


def check_empty(database_url: str) -> None:
    """Raise `NotEmpty` unless the database may be filled. Raises StoreUnavailable."""
    try:
        if is_sqlite(database_url):
            _check_sqlite(sqlite_path(database_url))
        else:
            with _connected(database_url) as raw:
                _check_postgres(raw)
    except (sqlite3.Error, psycopg.Error) as error:
        raise translated(error) from error


def fill(database_url: str, revision: str, tables: Tables, progress: Progress) -> str:
    """Fill an empty database with dumps that were made at `revision`; returns its new epoch.

    The tables are made as they were then, filled, and upgraded to this program's; then read models are made. Broken off
    anywhere, it can be repeated: until the rows are all there, the database is empty still.
    Raises NotEmpty, WrongSchema, StoreUnavailable.
    """
    epoch = secrets.token_hex(EPOCH_BYTES)
    try:
        if is_sqlite(database_url):
            _fill_sqlite(sqlite_path(database_url), revision, tables, epoch, progress)
        else:
            _fill_postgres(database_url, revision, tables, epoch, progress)
    except (sqlite3.Error, psycopg.Error) as error:
        raise translated(error) from error
    return epoch


# SQLite


def _check_sqlite(path: Path) -> None:
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as raw:
        raw.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            raw.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise NotEmpty(f"{path} is in use; stop the server before a restore.") from None
        present = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        _refuse_rows(str(path), present, lambda query: raw.execute(query).fetchone())


def _fill_sqlite(path: Path, revision: str, tables: Tables, epoch: str, progress: Progress) -> None:
    fresh = path.with_name(f"{path.name}.restoring")
    _remove(fresh)
    check_reachable(f"sqlite:///{fresh}", revision)
    migrate(f"sqlite:///{fresh}", revision)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as raw:
        # Nobody sees this file before it is whole, so it needs no log, and no disk before its end.
        raw.execute("PRAGMA journal_mode = OFF")
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("BEGIN")
        for header, pages in tables():
            names = ", ".join(name for name, _ in header.columns)
            marks = ", ".join("?" for _ in header.columns)
            for page in pages:
                raw.executemany(f"INSERT INTO {header.table} ({names}) VALUES ({marks})", page)
        for statement in USED_SINCE:
            raw.execute(statement)
        raw.execute(_EPOCH_SQLITE, (epoch,))
        raw.execute("COMMIT")
    _bring_up(f"sqlite:///{fresh}", progress)
    check_empty(f"sqlite:///{path}")
    _remove(path)
    _sync(fresh)
    fresh.replace(path)
    _sync(path.parent)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# PostgreSQL


def _connected(database_url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return connected(database_url, "doorstep restore")


def _check_postgres(raw: psycopg.Connection[tuple[Any, ...]]) -> None:
    others = raw.execute(_OTHERS).fetchone()
    if others and others[0]:
        raise NotEmpty("The database is in use by a server; stop it before a restore.")
    present = [name for (name,) in raw.execute(_PRESENT)]
    _refuse_rows("The database", present, lambda query: raw.execute(query.encode()).fetchone())


def _fill_postgres(database_url: str, revision: str, tables: Tables, epoch: str, progress: Progress) -> None:
    check_reachable(database_url, revision)
    check_empty(database_url)
    migrate(database_url, revision)
    with _connected(database_url) as raw:
        _check_postgres(raw)
        for header, pages in tables():
            _copy_in(raw, header, pages)
        for statement in USED_SINCE:
            raw.execute(statement.encode())
        raw.execute("DELETE FROM meta")
        raw.execute(_EPOCH_POSTGRES, (epoch,))
    _bring_up(database_url, progress)


def _copy_in(raw: psycopg.Connection[tuple[Any, ...]], header: Header, pages: Iterator[list[Row]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(header.table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in header.columns)
    )
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([POSTGRES_TYPES[kind] for _, kind in header.columns])
        for page in pages:
            for row in page:
                copy.write_row(row)


# Both


def _refuse_rows(place: str, present: list[str], first: Callable[[str], Any]) -> None:
    """Any row of ours is somebody's work; an empty database that is at another revision is upgraded or refused."""
    for name in sorted(set(present) & set(declared().tables) - NOBODYS_WORK):
        if first(f"SELECT 1 FROM {name} LIMIT 1") is not None:
            raise NotEmpty(
                f"{place} is not empty (it has rows in {name}); a backup is restored into an empty database only."
            )


def _bring_up(database_url: str, progress: Progress) -> None:
    """From the backup's revision to this program's, read models included."""
    store = open_store(database_url, pool_size=2)
    try:
        rebuild(store.database, store.projections, progress)
    finally:
        store.close()
