"""Named values of the store: read as they were committed, whatever became of the transaction that set them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from doorstep_client.store import Store


class Counting(sqlite3.Connection):
    """Counts rows that are written."""

    written = 0

    def executemany(self, sql: str, rows: list[tuple[object, ...]], /) -> sqlite3.Cursor:  # type: ignore[override]
        self.written += len(rows)
        return super().executemany(sql, rows)


def opened(path: Path) -> Store:
    return Store(path, lambda name: sqlite3.connect(name, isolation_level=None, factory=Counting))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return opened(tmp_path / "phone.db")


def test_a_value_is_read_as_it_was_set_by_this_process_and_the_next(store: Store) -> None:
    with store.transaction():
        store.put(faults=["one"], epoch="e1")
    assert store.get("faults", list[str]) == ["one"]
    assert opened(store.path).get("faults", list[str]) == ["one"]


def test_a_value_of_a_transaction_that_failed_was_never_set(store: Store) -> None:
    store.put(epoch="e1")
    with pytest.raises(RuntimeError), store.transaction():
        store.put(epoch="e2", nonce="n")
        raise RuntimeError
    assert store.get("epoch", str) == "e1"
    assert store.get("nonce", str) is None


def test_a_value_that_failed_to_be_set_is_set_the_next_time(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.put(epoch="e2")
        raise RuntimeError
    with store.transaction():
        store.put(epoch="e2")
    assert opened(store.path).get("epoch", str) == "e2"


def test_a_value_that_stands_already_is_not_written_again(store: Store) -> None:
    store.put(epoch="e1", nonce="a")
    before = store._connection.written  # type: ignore[attr-defined]
    store.put(epoch="e1", nonce="b")
    assert store._connection.written == before + 1  # type: ignore[attr-defined]
