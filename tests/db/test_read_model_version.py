"""A release whose rows are others says so until they have been made again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from server.cli.command import main
from server.db import migrate
from server.db import rebuild as rebuilding
from server.db.migrate import outdated
from server.db.open import SqlStore, open_store
from server.db.read_models import PROJECTORS
from server.db.read_models.version import VERSION
from server.db.rebuild import rebuild
from tests.parts.server_process import SECRET, running_server

COLUMNS = {1: "9f849e5f0b7d756e", 2: "e2210da1a316e147"}
"""What columns each version has, as the beginning of a hash. Version 2 has plainer addresses, and messages."""


def test_other_columns_need_another_version() -> None:
    columns = sorted(f"{one.table.name}.{column.name}" for one in PROJECTORS for column in one.table.columns)
    found = hashlib.sha256(" ".join(columns).encode()).hexdigest()
    assert found.startswith(COLUMNS[VERSION]), "decide: raise VERSION in server/db/read_models/version.py?"


def test_a_new_database_is_up_to_date(migrated_url: str) -> None:
    assert outdated(migrated_url) == ""
    open_store(migrated_url, create=False).close()
    assert outdated(migrated_url) == ""


def test_rows_of_another_release_are_told_until_they_are_made_again(
    store: SqlStore, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (migrate, rebuilding):
        monkeypatch.setattr(module, "VERSION", VERSION + 1)
    assert "doorstep rebuild" in outdated(migrated_url)
    rebuild(store.database, store.projections)
    assert outdated(migrated_url) == ""


def test_migrate_and_serve_say_so_and_rebuild_ends_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {"DOORSTEP_DATABASE_URL": sqlite_url, "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path / 'blobs'}"}
    for name, value in (variables | {"DOORSTEP_SECRET": SECRET}).items():
        monkeypatch.setenv(name, value)
    store = open_store(sqlite_url)
    store.database.write(lambda connection: connection.raw.execute("UPDATE meta SET read_models = 0"))
    store.close()

    assert main(["migrate"]) == 0
    assert "doorstep rebuild" in capsys.readouterr().out
    with running_server(tmp_path, variables) as server:
        assert "doorstep rebuild" in server.log.read_text()
    assert main(["rebuild"]) == 0
    capsys.readouterr()
    assert main(["migrate"]) == 0
    assert "doorstep rebuild" not in capsys.readouterr().out
