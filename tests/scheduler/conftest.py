"""An office on each store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import RLock

import pytest

from server.db.open import open_store
from sync.memory import MemoryStore
from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.scheduler.office import Office
from tests.sync.toy import EPOCH


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office at seven in the morning, without a job; the test runs on each store."""
    clock = ["2026-02-01T07:00:00.000Z"]
    if request.param == "memory":
        yield Office(MemoryStore(EPOCH, RLock()), clock)
        return
    url = (
        fresh_sqlite(tmp_path)
        if request.param == "sqlite"
        else fresh_postgres(request.getfixturevalue("postgres"))
    )
    store = open_store(url, create=False)
    yield Office(store, clock)
    store.close()
