"""Flaws that the kills must find. They are patched into a child, which is killed with them in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

import sync.batch
import sync.push
from server.db import postgres_sql, sqlite_sql
from server.db.postgres_store import PostgresTransaction
from server.db.sqlite_store import SqliteTransaction
from sync.store import Changes


def dropped_dedupe() -> None:
    """Every push looks like the first one."""
    batch_one = sync.batch.Batch._one
    sync.push.seen_before = lambda tx, row, batch: ([], None)
    sync.push.contiguous = lambda last_seq, batch: (list(batch), None)
    sync.batch.Batch._one = lambda self, applier, one, earlier: batch_one(self, applier, one, {})  # type: ignore[method-assign]
    sqlite_sql.ADD_RECEIPT += " ON CONFLICT DO NOTHING"
    postgres_sql.ADD_RECEIPTS += " ON CONFLICT DO NOTHING"


def commit_split_in_two() -> None:
    """Records are committed before the ledger that remembers where they came from."""
    sqlite_write = SqliteTransaction.write
    postgres_write = PostgresTransaction._write

    def on_sqlite(self: Any, changes: Changes) -> None:
        content, ledger = _split(changes)
        sqlite_write(self, content)
        for statement in ("COMMIT", "BEGIN IMMEDIATE"):
            self._raw.execute(statement)
        sqlite_write(self, ledger)

    def on_postgres(self: Any, changes: Changes, fresh: dict[str, int]) -> None:
        content, ledger = _split(changes)
        postgres_write(self, content, fresh)
        self._raw.execute("COMMIT")
        self._raw.execute("BEGIN")
        postgres_write(self, ledger, {})

    SqliteTransaction.write = on_sqlite  # type: ignore[method-assign]
    PostgresTransaction._write = on_postgres  # type: ignore[method-assign]


def _split(changes: Changes) -> tuple[Changes, Changes]:
    content = msgspec.structs.replace(changes, receipts=[], settled_receipts=[], devices=[])
    ledger = Changes(
        receipts=changes.receipts, settled_receipts=changes.settled_receipts, devices=changes.devices
    )
    return content, ledger


FLAWS: dict[str, Callable[[], None]] = {
    "dropped dedupe": dropped_dedupe,
    "commit split in two": commit_split_in_two,
}
