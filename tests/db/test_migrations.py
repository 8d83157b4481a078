"""Migrations and declared tables say the same, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from server.db.address import sqlalchemy_url
from server.db.migrate import WrongSchema, check_schema, declared, migrate
from server.db.open import SqlStore, begin_epoch, open_store


def differences(database_url: str) -> list[object]:
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        found = list(compare_metadata(context, declared()))
    engine.dispose()
    return found


def test_migrations_make_exactly_the_declared_tables(migrated_url: str) -> None:
    assert differences(migrated_url) == []


def test_every_text_in_postgresql_is_in_byte_order(postgres_url: str) -> None:
    migrate(postgres_url)
    engine = create_engine(sqlalchemy_url(postgres_url))
    found = inspect(engine)
    collations = {
        (table, column["name"]): getattr(column["type"], "collation", "C")
        for table in found.get_table_names()
        for column in found.get_columns(table)
        if table != "alembic_version" and str(column["type"]).startswith("TEXT")
    }
    engine.dispose()
    assert {place for place, collation in collations.items() if collation != "C"} == set()
    assert len(collations) > 20


def test_small_tables_in_sqlite_have_no_row_ids_and_tables_with_bodies_have(sqlite_url: str) -> None:
    migrate(sqlite_url)
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        texts = {row[0]: row[1] for row in found}
    engine.dispose()
    compact = {name for name, text in texts.items() if "WITHOUT ROWID" in text}
    assert {"aggregate", "device", "entitlement", "watcher"} <= compact
    assert not {"record", "operation", "audit", "quarantine"} & compact


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)
    check_schema(database_url)
    assert differences(database_url) == []


def test_a_database_without_tables_is_not_opened_unless_it_may_be_made(database_url: str) -> None:
    with pytest.raises(WrongSchema, match="doorstep migrate"):
        open_store(database_url, create=False)
    open_store(database_url).close()
    open_store(database_url, create=False).close()


def test_the_epoch_outlives_the_process(database_url: str) -> None:
    epochs = []
    for _ in range(2):
        store = open_store(database_url)
        with store.snapshot() as snapshot:
            epochs.append(snapshot.epoch())
        store.close()
    assert epochs[0] == epochs[1]


def test_a_restored_backup_gets_another_epoch(store: SqlStore) -> None:
    with store.snapshot() as snapshot:
        before = snapshot.epoch()
    epoch = begin_epoch(store.database)
    with store.snapshot() as snapshot:
        assert snapshot.epoch() == epoch != before
