"""Database errors, translated once.

What a later attempt may cure becomes StoreUnavailable; a value that the database cannot hold, StoreRejected.
"""

from __future__ import annotations

import sqlite3

import psycopg
import psycopg_pool
from psycopg import errors

from sync.store import StoreRejected, StoreUnavailable

_SQLITE_CAUSES = {
    sqlite3.SQLITE_BUSY: "the database is locked by another process",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk failed",
    sqlite3.SQLITE_READONLY: "the database cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the database file is not a SQLite database",
    sqlite3.SQLITE_NOMEM: "memory is exhausted",
    sqlite3.SQLITE_INTERRUPT: "the statement was interrupted",
}
_PRIMARY_CODE = 0xFF
_POSTGRES_CAUSES: tuple[type[Exception], ...] = (
    psycopg.OperationalError,  # connection lost or refused, shutting down, disk full, too many connections
    psycopg.InterfaceError,  # the connection was closed under us
    errors.ReadOnlySqlTransaction,
    psycopg_pool.PoolTimeout,
    psycopg_pool.PoolClosed,
)


_REFUSALS: tuple[type[Exception], ...] = (
    psycopg.DataError,  # NUL in a text, a number beyond 64 bits
    psycopg.IntegrityError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
)


def translated(error: BaseException) -> BaseException:
    """What an error means to the engine; the error itself when it is none of the database's."""
    if isinstance(error, _REFUSALS) or _cannot_be_bound(error):
        return _rejected(error)
    if isinstance(error, sqlite3.Error):
        cause = _SQLITE_CAUSES.get(getattr(error, "sqlite_errorcode", -1) & _PRIMARY_CODE)
        if cause is None and isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
            cause = "the database is closed"
        return _unavailable(cause, error) if cause else error
    if isinstance(error, _POSTGRES_CAUSES):
        return _unavailable("PostgreSQL cannot be reached or cannot write", error)
    return error


def is_refusal(error: BaseException) -> bool:
    """Whether the database understood and said no: to a value, or to a table that is not what it should be."""
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    known = translated(error)
    return isinstance(known, StoreRejected | psycopg.ProgrammingError | sqlite3.ProgrammingError)


def _cannot_be_bound(error: BaseException) -> bool:
    # How Python's sqlite3 refuses a number beyond 64 bits and half a surrogate pair.
    if isinstance(error, OverflowError):
        return "SQLite" in str(error)
    return isinstance(error, UnicodeEncodeError) and "surrogates" in error.reason


def _rejected(error: BaseException) -> StoreRejected:
    rejected = StoreRejected(f"{type(error).__name__}: {error}".splitlines()[0])
    rejected.__cause__ = error
    return rejected


def _unavailable(cause: str, error: BaseException) -> StoreUnavailable:
    unavailable = StoreUnavailable(f"{cause} ({type(error).__name__})")
    unavailable.__cause__ = error
    return unavailable
