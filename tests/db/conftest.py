"""Stores on both databases, with every table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.open import SqlStore, open_store
from tests.db.fresh import fresh_postgres, fresh_sqlite


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with every table and no row; the test runs on both databases."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path)
    return fresh_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
def store(migrated_url: str) -> Iterator[SqlStore]:
    """An empty store; the test runs on both databases."""
    store = open_store(migrated_url, create=False)
    yield store
    store.close()
