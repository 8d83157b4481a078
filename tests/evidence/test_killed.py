"""Killed at any boundary of the transaction that logs a sign-off, a process leaves both or neither."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.db.address import is_sqlite, sqlite_path
from server.db.open import SqlStore, open_store
from server.db.postgres_database import PostgresDatabase
from server.db.postgres_store import PostgresStore
from server.db.projection import Projections
from server.db.sqlite_database import SqliteDatabase
from server.db.sqlite_store import SqliteStore
from sync.store import Ask
from tests.conftest import ENGINES
from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.evidence.books import Books
from tests.evidence.office import judged
from tests.kills.bomb import Bomb, psycopg_class, sqlite_class

MOST_BOUNDARIES = 200
KILLED = 9


@pytest.mark.parametrize("engine", ENGINES)
def test_a_kill_leaves_sign_off_and_leaf_or_neither(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = fresh_sqlite(tmp_path)
    if engine == "postgresql":
        url = fresh_postgres(request.getfixturevalue("postgres"))
    store = open_store(url, create=False)
    Books(store).enrol()
    store.close()

    both = neither = 0
    for boundary in range(1, MOST_BOUNDARIES):
        status = _child(url, tmp_path / "trace", boundary)
        store = open_store(url, create=False)
        books = Books(store)
        key = ("sign_off", f"so-{boundary}")
        written = key in store.transact(lambda tx, key=key: tx.load(Ask(records=[key]))).records
        logged = [one for one in books.leaves() if getattr(one, "sign_off", "") == key[1]]
        assert len(logged) == int(written)
        if written:
            assert judged(books.evidence.export.of_order(f"work_order/order-{boundary}")).holds()
        store.close()
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0 and written
            break
        assert os.WTERMSIG(status) == KILLED
        both, neither = both + written, neither + (not written)

    assert neither > 10 and both >= 1


def _child(url: str, trace: Path, boundary: int) -> int:
    """A process that signs one order off and dies at the boundary; its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        bomb = Bomb(trace)
        books = Books(_counted(url, bomb))
        bomb.arm(boundary)
        books.sign_off(str(boundary))
    except BaseException:
        os._exit(1)
    os._exit(0)


def _counted(url: str, bomb: Bomb) -> SqlStore:
    if is_sqlite(url):
        return SqliteStore(SqliteDatabase(sqlite_path(url), sqlite_class(bomb)), Projections([]))
    return PostgresStore(PostgresDatabase(url, 1, psycopg_class(bomb)), Projections([]))
