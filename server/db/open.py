"""Open the database that a URL names."""

from __future__ import annotations

import logging
import secrets

from server.db.address import is_sqlite, sqlite_path
from server.db.connection import Database
from server.db.migrate import check_schema, migrate
from server.db.postgres_database import PostgresDatabase
from server.db.postgres_store import PostgresStore
from server.db.projection import Projections
from server.db.read_models import all_projections
from server.db.read_models.version import VERSION
from server.db.sqlite_database import GROUP_WORKS, SqliteDatabase
from server.db.sqlite_store import SqliteStore
from server.db.statement import Statement
from server.private_files import exposed

log = logging.getLogger(__name__)

SqlStore = SqliteStore | PostgresStore

EPOCH_BYTES = 8

_NEXT_EPOCH = Statement("UPDATE meta SET epoch = :epoch WHERE one = 1")
_FIRST_EPOCH = Statement(
    "INSERT INTO meta (one, epoch, read_models) VALUES (1, :epoch, :version) ON CONFLICT DO NOTHING"
)


def open_store(
    database_url: str,
    *,
    pool_size: int = 8,
    group_works: int = GROUP_WORKS,
    create: bool = True,
    projections: Projections | None = None,
) -> SqlStore:
    """A store with its connections open; close it at the end.

    With `create`, tables are made or upgraded first; without, a database at another revision raises
    `server.db.migrate.WrongSchema`. Raises StoreUnavailable when the database cannot be reached.
    """
    if create:
        migrate(database_url)
    else:
        check_schema(database_url)
    store = _opened(database_url, pool_size, group_works, projections or all_projections())
    store.database.write(
        lambda connection: connection.run(_FIRST_EPOCH, epoch=secrets.token_hex(EPOCH_BYTES), version=VERSION)
    )
    return store


def begin_epoch(database: Database) -> str:
    """Give the database another epoch, after a backup was restored: phones then offer again what they keep."""
    epoch = secrets.token_hex(EPOCH_BYTES)
    database.write(lambda connection: connection.run(_NEXT_EPOCH, epoch=epoch))
    return epoch


def _opened(database_url: str, pool_size: int, group_works: int, projections: Projections) -> SqlStore:
    if is_sqlite(database_url):
        path = sqlite_path(database_url)
        database = SqliteDatabase(path, group_works=group_works)
        if sentence := exposed([path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]):
            log.warning(sentence)
        return SqliteStore(database, projections)
    return PostgresStore(PostgresDatabase(database_url, pool_size), projections)
