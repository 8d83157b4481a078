"""Bring a database to the declared tables, and tell whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from mobile_api.problem import Phrase
from server.db.address import is_sqlite, sqlalchemy_url, sqlite_path
from server.db.failure import translated
from server.db.read_models.version import VERSION
from server.db.table import METADATA
from server.private_files import private_file, private_folder
from server.told import Told
from sync.store import StoreUnavailable

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_713_227_001
"""PostgreSQL advisory lock: two processes that start together migrate one after the other."""


class WrongSchema(Told):
    """The database is not at this program's revision; the message says what to do."""


def migrate(database_url: str, revision: str = "head") -> None:
    """Create or upgrade every table. Repeating is safe; a SQLite file and its folder are made for their owner alone.

    With a `revision`, only up to that one, as a restored backup needs it.
    Raises WrongSchema for a database of a newer release, StoreUnavailable.
    """
    if is_sqlite(database_url):
        _make_file(sqlite_path(database_url))
    with _connected(database_url) as connection:
        if not is_sqlite(database_url):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _refuse_newer(MigrationContext.configure(connection).get_current_revision())
        command.upgrade(_config(connection), revision)


def check_schema(database_url: str) -> None:
    """Raise WrongSchema unless the database is exactly at this program's revision."""
    with _connected(database_url) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = _newest()
    if found == wanted:
        return
    if found is None:
        raise WrongSchema(
            Phrase(
                "The database has no tables yet; run `doorstep migrate`.",
                "数据库中还没有数据表；请运行 `doorstep migrate`。",
            )
        )
    _refuse_newer(found)
    raise WrongSchema(
        Phrase(
            f"The database is at revision {found}, this program needs {wanted}; run `doorstep migrate`.",
            f"数据库版本为 {found}，本程序需要 {wanted}；请运行 `doorstep migrate`。",
        )
    )


@cache
def _newest() -> str | None:
    """This program's own revision. Reading the scripts takes 20 ms."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


def check_reachable(database_url: str, revision: str) -> None:
    """Raise WrongSchema unless `migrate` can bring the database to exactly this revision, and then on to the newest."""
    _refuse_newer(revision)
    before = {one.revision for one in ScriptDirectory(str(_FOLDER)).iterate_revisions(revision, "base")}
    found = revision_of(database_url)
    if found is not None and found not in before:
        raise WrongSchema(
            Phrase(
                f"The database is at revision {found} and the backup at {revision}; restore into one without tables.",
                f"数据库版本为 {found}，备份版本为 {revision}；请恢复到没有数据表的数据库中。",
            )
        )


def revision_of(database_url: str) -> str | None:
    """The revision of the database's tables, any that this program knows; None while there are no tables.

    A SQLite file that is not there is not made. Raises WrongSchema for a newer release's, StoreUnavailable.
    """
    if is_sqlite(database_url) and not sqlite_path(database_url).exists():
        return None
    with _connected(database_url) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    _refuse_newer(found)
    return found


def columns_in(database_url: str) -> dict[str, list[tuple[str, TypeEngine[Any]]]]:
    """(name, type) of each column of each table as the database has it, at whatever revision."""
    with _connected(database_url) as connection:
        found = inspect(connection)
        return {
            name: [(str(one["name"]), one["type"]) for one in found.get_columns(name)]
            for name in sorted(found.get_table_names())
        }


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


def _make_file(path: Path) -> None:
    try:
        private_folder(path.parent)
        private_file(path)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be made: {error.strerror}") from error


def _refuse_newer(found: str | None) -> None:
    known = {one.revision for one in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise WrongSchema(
            Phrase(
                f"The database is at revision {found}, which this program does not know; install the release that "
                "made it.",
                f"数据库版本为 {found}，本程序无法识别；请安装生成该版本的程序。",
            )
        )


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    engine = _engine(database_url)
    try:
        with _reached(engine) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        known = translated(error.orig or error)
        raise known from error
    finally:
        engine.dispose()


def _engine(database_url: str) -> Engine:
    try:
        return create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    except (ArgumentError, ValueError) as error:
        raise StoreUnavailable("its URL cannot be read") from error


def _reached(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except DBAPIError as error:
        known = translated(error.orig or error)
        if engine.dialect.name == "sqlite" and isinstance(known, StoreUnavailable):
            raise known from error
        # Before anybody is connected whatever fails is the way there: host, name, password, an option of the URL.
        reason = str(error.orig or error).strip().splitlines()[0]
        raise StoreUnavailable(f"it cannot be reached ({reason})") from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
