"""A world on each store. Store and seed are in the test's name, and the tape is printed when the test fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any

import pytest

from server.db.open import open_store
from sync.memory import MemoryStore
from sync.store import Store
from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.invariants.world import World
from tests.sync.toy import EPOCH

MakeWorld = Callable[[int], World]
ON_SQL = 2
"""So many seeds run on each database too: the engine is the same, and the stores have a contract suite of their own."""


def worlds(first: int, end: int, on_sql: int = ON_SQL) -> list[Any]:
    """(make_world, seed): all seeds in memory, the first ones on SQLite and PostgreSQL as well."""
    return [
        *(pytest.param("memory", seed, id=f"memory-{seed}") for seed in range(first, end)),
        *(
            pytest.param(kind, seed, id=f"{kind}-{seed}", marks=marks)
            for kind, marks in (("sqlite", ()), ("postgresql", pytest.mark.postgres))
            for seed in range(first, min(end, first + on_sql))
        ),
    ]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def make_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeWorld]:
    """Makes worlds of a seed, each on an empty store of its own."""
    worlds: list[World] = []
    urls: list[str] = []

    def store(folder: Path) -> Store:
        if request.param == "memory":
            return MemoryStore(EPOCH, RLock())
        if request.param == "sqlite":
            return open_store(fresh_sqlite(folder), create=False)
        urls.append(fresh_postgres(request.getfixturevalue("postgres")))
        return open_store(urls[-1], create=False)

    def make(seed: int) -> World:
        folder = tmp_path / f"world{len(worlds)}"
        folder.mkdir()
        worlds.append(World(seed, store(folder), folder))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()
        if not isinstance(world.store, MemoryStore):
            world.store.close()  # type: ignore[attr-defined]
    for url in urls:
        request.getfixturevalue("postgres").drop_database(url)
