"""Every adapter of the engine's store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import RLock

import pytest

from server.db.open import open_store
from sync.memory import MemoryStore
from sync.store import Store
from tests.db.fresh import fresh_postgres, fresh_sqlite


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store; the test runs on each adapter."""
    if request.param == "memory":
        yield MemoryStore("epoch-1", RLock())
        return
    if request.param == "sqlite":
        url = fresh_sqlite(tmp_path)
    else:
        url = fresh_postgres(request.getfixturevalue("postgres"))
    store = open_store(url, create=False)
    yield store
    store.close()
