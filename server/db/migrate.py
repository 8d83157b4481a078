"""Bring a database to the declared tables, and tell whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from server.db.address import is_sqlite, sqlalchemy_url, sqlite_path
from server.db.failure import translated
from server.db.read_models.version import VERSION
from server.db.table import METADATA

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_713_227_001
"""PostgreSQL advisory lock: two processes that start together migrate one after the other."""


class WrongSchema(Exception):
    """The database is not at this program's revision; the message says what to do."""


def migrate(database_url: str) -> None:
    """Create or upgrade every table. Repeating is safe; a SQLite file's folder is created too."""
    if is_sqlite(database_url):
        sqlite_path(database_url).parent.mkdir(parents=True, exist_ok=True)
    with _connected(database_url) as connection:
        if not is_sqlite(database_url):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(_config(connection), "head")


def check_schema(database_url: str) -> None:
    """Raise WrongSchema unless the database is exactly at this program's revision."""
    with _connected(database_url) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory(str(_FOLDER)).get_current_head()
    if found == wanted:
        return
    if found is None:
        raise WrongSchema("The database has no tables yet; run `doorstep migrate`.")
    raise WrongSchema(
        f"The database is at revision {found}, this program needs {wanted}; run `doorstep migrate`."
    )


def outdated(database_url: str) -> str:
    """A sentence when desks' rows are another release's; empty when they are not. The database has its tables."""
    with _connected(database_url) as connection:
        found = connection.execute(text("SELECT read_models FROM meta")).first()
    if found is None or found[0] == VERSION:
        return ""
    return "Lists, board and search still show the rows of another release; run `doorstep rebuild` beside the server."


def declared() -> MetaData:
    """Every declared table, stored ones and read models."""
    from server.db import read_models, tables  # declaring is what importing them does

    assert tables and read_models
    return METADATA


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        known = translated(error.orig or error)
        raise known from error
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
