"""What was overwritten stays in free pages and in the log of a database until these are written anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg

from server.db.address import is_sqlite, sqlite_path
from server.db.backup.connecting import connected
from server.db.failure import translated

_WAIT_SECONDS = 60.0
_TABLES = ("record", "operation", "audit", "quarantine", "upload")


def write_anew(database_url: str) -> None:
    """Write the SQLite file anew and empty its log; on PostgreSQL, let the space of old rows be used again.

    SQLite's writers wait meanwhile, some seconds per gigabyte. PostgreSQL's own pages and archived log keep the bytes
    until they are used again: `VACUUM FULL` is the operator's. Raises StoreUnavailable.
    """
    try:
        if is_sqlite(database_url):
            _sqlite(database_url)
        else:
            with connected(database_url, "doorstep personal", autocommit=True) as raw:
                for table in _TABLES:
                    raw.execute(f"VACUUM {table}".encode())
    except (sqlite3.Error, psycopg.Error) as error:
        raise translated(error) from error


def _sqlite(database_url: str) -> None:
    with closing(
        sqlite3.connect(sqlite_path(database_url), timeout=_WAIT_SECONDS, isolation_level=None)
    ) as raw:
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
