"""The demo company, built once for this folder: whole on SQLite, smaller in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.db.open import open_store
from server.demo.content.world import build_world
from sync.memory import MemoryStore
from tests.db.fresh import fresh_sqlite
from tests.demo.built import Built
from tests.demo.small import smaller


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The whole company on SQLite; no test changes it."""
    store = open_store(fresh_sqlite(tmp_path_factory.mktemp("demo")), create=False)
    built = Built(store, build_world)
    built.build()
    print(
        f"\nbuilt {built.company.operations if built.company else 0} operations "
        f"in {built.build_seconds:.1f} s"
    )
    yield built
    store.close()


@pytest.fixture(scope="session")
def memory() -> Built:
    """A smaller company in memory; no test changes it."""
    built = Built(MemoryStore("memory"), smaller)
    built.build()
    return built


@pytest.fixture(params=["sqlite", "memory"])
def built(request: pytest.FixtureRequest) -> Built:
    found: Built = request.getfixturevalue(request.param)
    return found
