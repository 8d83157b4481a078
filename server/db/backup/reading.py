"""All stored rows of a database as they stood at one moment, while its server goes on writing.

PostgreSQL: one REPEATABLE READ transaction and `COPY` of our own tables. SQLite: one reading transaction on the
write-ahead log (docs/decisions/0012 says why not its backup API). Neither makes a writer wait.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
from psycopg import sql

from server.db.address import is_sqlite, sqlite_path
from server.db.backup.connecting import connected
from server.db.backup.dump import ROWS_AT_A_TIME, Header, Row
from server.db.backup.kept import kept_tables
from server.db.failure import translated
from server.db.migrate import WrongSchema, revision_of

POSTGRES_TYPES = {"text": "text", "whole": "int8", "truth": "bool", "float": "float8", "octets": "bytea"}
_BEGIN = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_REVISION, _EPOCH = "SELECT version_num FROM alembic_version", "SELECT epoch FROM meta"


class Moment(Protocol):
    """A database at one moment."""

    def value(self, query: str) -> str:
        """The one value that a query finds; empty when it finds none."""
        ...

    def rows(self, header: Header) -> Iterator[list[Row]]:
        """A table's rows, page by page, in no particular order."""
        ...


class Stored:
    """What a database holds at one moment."""

    def __init__(self, moment: Moment, tables: list[Header]) -> None:
        self._moment = moment
        self.tables = tables
        self.revision = moment.value(_REVISION)
        self.epoch = moment.value(_EPOCH)

    def pages(self, table: Header) -> Iterator[list[Row]]:
        """The rows of one of `tables`."""
        return self._moment.rows(table)


@contextmanager
def stored(database_url: str) -> Iterator[Stored]:
    """Everything that belongs into a backup, consistent until the end of the block.

    Raises `server.db.migrate.WrongSchema`, `sync.store.StoreUnavailable`.
    """
    revision = revision_of(database_url)
    if revision is None:
        place = sqlite_path(database_url) if is_sqlite(database_url) else "the database"
        raise WrongSchema(f"There is nothing to back up: {place} has no tables; run `doorstep migrate`.")
    tables = kept_tables(database_url)
    try:
        with _sqlite(database_url) if is_sqlite(database_url) else _postgres(database_url) as moment:
            found = Stored(moment, tables)
            if found.revision != revision:
                raise WrongSchema("The database was upgraded at this very moment; start the backup again.")
            yield found
    except (sqlite3.Error, psycopg.Error) as error:
        raise translated(error) from error


@contextmanager
def _sqlite(database_url: str) -> Iterator[Moment]:
    path = sqlite_path(database_url)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA query_only = ON")
        raw.execute("BEGIN")
        yield _SqliteMoment(raw)


@contextmanager
def _postgres(database_url: str) -> Iterator[Moment]:
    with connected(database_url, "doorstep backup", autocommit=True) as raw:
        # Blobs and rows of a large company take longer than any limit that is meant for requests.
        raw.execute("SET statement_timeout = 0")
        raw.execute("SET idle_in_transaction_session_timeout = 0")
        raw.execute(_BEGIN)
        yield _PostgresMoment(raw)


class _SqliteMoment:
    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def value(self, query: str) -> str:
        found = self._raw.execute(query).fetchone()
        return "" if found is None else str(found[0])

    def rows(self, header: Header) -> Iterator[list[Row]]:
        names = ", ".join(name for name, _ in header.columns)
        truths = [place for place, (_, kind) in enumerate(header.columns) if kind == "truth"]
        found = self._raw.execute(f"SELECT {names} FROM {header.table}")
        while page := found.fetchmany(ROWS_AT_A_TIME):
            yield [_with_truths(row, truths) for row in page] if truths else page


def _with_truths(row: Row, places: list[int]) -> Row:
    values = list(row)
    for place in places:
        values[place] = None if values[place] is None else bool(values[place])
    return tuple(values)


class _PostgresMoment:
    def __init__(self, raw: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._raw = raw

    def value(self, query: str) -> str:
        found = self._raw.execute(query.encode()).fetchone()
        return "" if found is None else str(found[0])

    def rows(self, header: Header) -> Iterator[list[Row]]:
        statement = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(
            sql.Identifier(header.table),
            sql.SQL(", ").join(sql.Identifier(name) for name, _ in header.columns),
        )
        page: list[Row] = []
        with self._raw.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([POSTGRES_TYPES[kind] for _, kind in header.columns])
            for row in copy.rows():
                page.append(row)
                if len(page) == ROWS_AT_A_TIME:
                    yield page
                    page = []
        if page:
            yield page
